"""The questions of the screen beyond those of the gate: one for each rule that a person can answer.

Rule ids are those of the project's table of safety rules.
"""

from __future__ import annotations

from openldn.protocol.safety import Question, Severity

MORE_QUESTIONS: tuple[Question, ...] = (
    Question(
        id="procedure-last-14-days",
        text="In the last 14 days, were you treated in hospital, put to sleep for a test or by a "
        "dentist, or did you give birth?",
        touches="procedure-recent",
        help="Any operation, endoscopy, sedation, ambulance or emergency care counts.",
    ),
    Question(
        id="surgery-next-14-days",
        text="Will you have an operation in the next 14 days, or be put to sleep?",
        touches="surgery-planned",
        help="Surgery at the dentist and tests with sedation count too.",
    ),
    Question(
        id="street-opioid",
        text="Do you use heroin, street fentanyl, poppy tea or an opioid that was not prescribed?",
        touches="recreational-opioid",
    ),
    Question(
        id="planned-opioid",
        text="Do you plan to use an opioid after LDN, or to take more to get past its block?",
        touches="tolerance-loss",
    ),
    Question(
        id="loperamide-above-pack",
        text="Do you take more loperamide than the pack says?",
        touches="opioid-antidiarrhoeal",
        severity=Severity.STOP,
    ),
    Question(
        id="atypical-for-effect",
        text="Do you use tianeptine or viminol for its effect?",
        touches="atypical-opioid",
        severity=Severity.STOP,
    ),
    Question(
        id="cough-medicine-large-amounts",
        text="Do you take cough medicine such as dextromethorphan in large amounts?",
        touches="atypical-opioid",
    ),
    Question(
        id="kidney-failure",
        text="Do you have kidney failure, dialysis, or a kidney value (eGFR) under 30?",
        touches="renal-severe",
    ),
    Question(
        id="kidney-moderate",
        text="Is your kidney value (eGFR) from 30 to 59?",
        touches="renal-moderate",
    ),
    Question(
        id="allergy",
        text="Did you ever react badly to naltrexone, naloxone, nalmefene or what is in the "
        "capsule?",
        touches="hypersensitivity",
    ),
    Question(
        id="transplant",
        text="Do you live with a transplanted organ?",
        touches="immunosuppressant",
        severity=Severity.STOP,
    ),
    Question(
        id="immune-medicine",
        text="Do you take a medicine that calms the immune system, such as a biologic?",
        touches="immunosuppressant",
    ),
    Question(
        id="suicidal-thoughts",
        text="Do you have new thoughts of ending your life?",
        touches="mood",
    ),
    Question(
        id="past-attempt",
        text="Did you ever try to end your life, or have you had a severe depression?",
        touches="mood",
        severity=Severity.ASK_PRESCRIBER,
    ),
    Question(
        id="alcohol",
        text="Do you drink alcohol every day, or much at once?",
        touches="alcohol",
    ),
    Question(
        id="split-50mg",
        text="Would your LDN come from splitting, crushing or dissolving a 50 mg tablet?",
        touches="formulation-50mg",
    ),
    Question(
        id="compounded",
        text="Is your LDN made by a pharmacy?",
        touches="formulation-compounded",
    ),
    Question(id="liquid", text="Is your LDN a liquid?", touches="liquid-volume"),
    Question(
        id="lactose",
        text="Do you have trouble with milk sugar (lactose), or galactosaemia?",
        touches="lactose",
    ),
    Question(
        id="starting",
        text="Do you begin LDN now, or might you suddenly need strong pain relief?",
        touches="emergency-pain",
    ),
    Question(
        id="first-week",
        text="Is this the first week or just after a dose rise, or are you drowsy or dizzy?",
        touches="driving",
    ),
    Question(id="nausea", text="Do you feel sick, or vomit?", touches="gut-and-vomiting"),
    Question(
        id="missed-dose",
        text="Was a dose not taken at its usual time?",
        touches="missed-dose",
    ),
)
