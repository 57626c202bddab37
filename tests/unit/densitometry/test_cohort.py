import numpy as np
import pytest

from osteon.densitometry import (
    NOT_CLASSIFIED,
    WHO_CLASSES,
    Maker,
    Person,
    Scan,
    Sex,
    Site,
    WhoClass,
    classify_cohort,
    classify_scans,
)
from osteon.errors import AbstainedError, BadInputError

COLUMNS = {
    Site.LUMBAR_SPINE: np.array([0.772, 0.9, np.nan, np.nan, 1.2]),
    Site.FEMORAL_NECK: np.array([0.8, 0.5628, np.nan, 860.0, np.nan]),
}


def test_each_row_is_what_the_single_path_says():
    result = classify_cohort(COLUMNS, maker=Maker.HOLOGIC)
    woman = Person(sex=Sex.FEMALE, age_years=67, menopausal=True)
    for row in (0, 1, 4):
        scans = [
            Scan(site=site, areal_bmd_g_cm2=float(column[row]), maker=Maker.HOLOGIC)
            for site, column in COLUMNS.items()
            if np.isfinite(column[row])
        ]
        single = classify_scans(scans, woman)
        assert WHO_CLASSES[result.class_code[row]] is single.who_class
        assert result.sites[result.lowest_site_index[row]] is single.lowest_site
        assert result.lowest_t_score[row] == single.lowest_score
    assert result.rounding_sensitive.tolist() == [False, True, False, False, False]


def test_a_faulty_row_is_marked_and_the_rest_goes_on():
    result = classify_cohort(COLUMNS, maker=Maker.HOLOGIC)
    assert result.implausible.tolist() == [False, False, False, True, False]
    assert result.class_code.tolist() == [2, 1, NOT_CLASSIFIED, NOT_CLASSIFIED, 0]
    assert np.isnan(result.lowest_t_score[2:4]).all()


def test_fractures_make_rows_severe():
    broken = np.array([True, True, True, True, False])
    codes = classify_cohort(COLUMNS, maker=Maker.HOLOGIC, fragility_fracture=broken).class_code
    assert WHO_CLASSES[codes[0]] is WhoClass.SEVERE_OSTEOPOROSIS
    assert codes[1:].tolist() == [1, NOT_CLASSIFIED, NOT_CLASSIFIED, 0]


def test_columns_must_match():
    with pytest.raises(BadInputError, match=r"cohort\.lengths_differ"):
        classify_cohort({}, maker=Maker.HOLOGIC)
    with pytest.raises(BadInputError, match=r"cohort\.lengths_differ"):
        classify_cohort({Site.TOTAL_HIP: np.ones(2), Site.FEMORAL_NECK: np.ones(3)}, maker=Maker.HOLOGIC)


def test_a_maker_without_reference_is_refused():
    with pytest.raises(AbstainedError, match=r"reference\.none"):
        classify_cohort({Site.TOTAL_HIP: np.ones(2)}, maker=Maker.NORLAND)


def test_input_is_left_as_it_was():
    before = {site: column.copy() for site, column in COLUMNS.items()}
    classify_cohort(COLUMNS, maker=Maker.HOLOGIC)
    for site, column in COLUMNS.items():
        np.testing.assert_array_equal(column, before[site])
