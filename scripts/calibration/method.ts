// What docs/calibration.md says about how the verdict is reached.

export const method = `## What is decided, and how

* **A trigger, not a reset, is what counts.** Resets no further apart than the episode window (a probe period or two) are one
  trigger, so one that resets a thousand connections counts once. A trigger that hits both classes is common to them: it says nothing about
  their difference. A trigger is counted only when a window has passed after it, for until then it may still become a common one.
* **Only times are compared at which both classes were connected.** Then, if there is no difference, each trigger that hits one class
  alone is as likely to hit either, whatever the rate of triggers does meanwhile (Lindon and Malek, NeurIPS 2022, make this argument).
  The exposure is therefore the shared time, the same for both classes. With unequal numbers of connections it matters whether a trigger hits nodes or
  single connections; we cannot know, so the null is then every share between the two.
* **The evidence is an e-value.** With k of n such triggers in the co-located class, E is the binomial likelihood averaged with weight Beta(1/2, 1/2),
  over that of the null. Without a difference it ever reaches 1/α = 20 with probability ≤ α = 5% (Ville 1939; Robbins 1970). From
  20 on the classes differ. Inverting it gives the interval of the rate ratio (Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 2021).
* **\`none\` needs proof.** Each class's rate is shown to be below the maximum by an e-value of its own: a clean run proves it after 3.44
  times the mean gap between episodes at that rate (a bound for a length fixed beforehand would need 3.0).

| | the outcome is |
|---|---|
| the classes differ, and the less hit one is shown to be affected as well | \`both\` |
| the classes differ otherwise | \`co-located-only\` or \`remote-only\` |
| both rates are shown to be below the maximum | \`none\` |
| both classes are shown to be affected | \`both\` |
| one rate is shown to be above the maximum, the other below | \`co-located-only\` or \`remote-only\` |
| nothing of this | \`inconclusive\`, with the time that is still needed if things go on as they did |

A class is affected when its rate is above the maximum, or when it has a part in more than a tenth of all triggers. So \`…-only\` means that
the difference is decided and that nothing has yet shown the other class to be hit as well, be it for a stray reset; the bounds
on both rates stand in the record beside it.`;
