"""The answers of leaving one trial out that the package ships are those of the set it ships."""

from osteon.remodeling import load_parameter_set
from osteon.trials import find_stored_left_out, list_left_out_studies, read_left_out, score_left_out


def test_every_study_of_the_newest_set_was_left_out_once():
    rows = read_left_out(find_stored_left_out())
    assert {row.study for row in rows} == set(list_left_out_studies())
    assert len(rows) == load_parameter_set().fit["observations"]
    scores = score_left_out(rows)
    assert sum(score.n for score in scores.values()) == len(rows)
    # Unseen trials are predicted less closely than seen ones: anything else would be a leak.
    seen = load_parameter_set().fit["score"]
    assert all(scores[outcome].rmse > seen[outcome]["rmse"] for outcome in scores)


def test_the_documentation_says_what_the_answers_say(root):
    text = (root / "docs" / "validation.md").read_text(encoding="utf-8")
    names = {
        "lumbar_spine": "lumbar spine, % points",
        "total_hip": "total hip, % points",
        "femoral_neck": "femoral neck, % points",
        "ctx": "CTX, log units",
        "p1np": "P1NP, log units",
    }
    for outcome, score in score_left_out(read_left_out(find_stored_left_out())).items():
        inside = f"{score.inside_50:.0%}".replace("%", " %"), f"{score.inside_90:.0%}".replace("%", " %")
        assert f"| {names[outcome]} | {score.n} | {score.rmse:.2f} | {inside[0]} | {inside[1]} |" in text
