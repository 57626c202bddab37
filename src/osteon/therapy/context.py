"""What is known of the patient that bears on the choice of a drug."""

from dataclasses import dataclass

from osteon.errors import BadInputError
from osteon.therapy.restrictions import LabelRegion
from osteon.therapy.sequence import Sequence

__all__ = ["PatientContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientContext:
    """What is known of a patient; None stands for unknown and is never taken for no.

    `label_region` keeps the findings to one label (None: all known labels). `history` is the
    treatment before the sequence: it counts toward lifetime limits and begins the first switch.
    `renal_clearance_ml_min` is a creatinine clearance or an eGFR. `metabolic_bone_disease` is
    one other than osteoporosis, such as Paget's disease or hyperparathyroidism.
    `skeletal_malignancy` includes bone metastases. A time since an event is that at the start of
    the sequence, and needs the event to be True. Raises BadInputError for a negative number or a
    time without its event.
    """

    label_region: LabelRegion | None = None
    history: Sequence | None = None
    age_years: float | None = None
    male: bool | None = None
    renal_clearance_ml_min: float | None = None
    acute_renal_impairment: bool | None = None
    cannot_sit_upright: bool | None = None
    esophageal_disease: bool | None = None
    glucocorticoids: bool | None = None
    hip_or_vertebral_fracture: bool | None = None
    hip_t_score: float | None = None
    hypercalcemia: bool | None = None
    hypocalcemia: bool | None = None
    metabolic_bone_disease: bool | None = None
    months_since_myocardial_infarction: float | None = None
    months_since_stroke: float | None = None
    myocardial_infarction: bool | None = None
    open_epiphyses: bool | None = None
    pregnancy: bool | None = None
    raised_stroke_risk: bool | None = None
    skeletal_malignancy: bool | None = None
    skeletal_radiation: bool | None = None
    stroke: bool | None = None
    unexplained_high_alkaline_phosphatase: bool | None = None
    urolithiasis: bool | None = None
    venous_thromboembolism: bool | None = None
    vitamin_d_deficiency: bool | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be and times since an event that is not stated."""
        _require_positive("age_years", self.age_years)
        _require_positive("renal_clearance_ml_min", self.renal_clearance_ml_min)
        _require_event("stroke", self.months_since_stroke, self.stroke)
        _require_event(
            "myocardial_infarction",
            self.months_since_myocardial_infarction,
            self.myocardial_infarction,
        )


def _require_positive(name: str, number: float | None) -> None:
    if number is not None and not number >= 0:
        raise BadInputError(
            code="therapy.context_out_of_range",
            field=f"PatientContext.{name}",
            got=str(number),
            expected="zero or more",
            hint="Leave it out where it is not known.",
        )


def _require_event(event: str, months: float | None, present: bool | None) -> None:  # noqa: FBT001 - a known yes, no or unknown
    _require_positive(f"months_since_{event}", months)
    if months is not None and not present:
        raise BadInputError(
            code="therapy.time_without_event",
            field=f"PatientContext.months_since_{event}",
            got=f"{months} with {event}={present}",
            expected=f"{event}=True beside a time",
            hint="State the event, or leave the time out.",
        )
