using System.Globalization;

namespace Gateway.Rollout.Control;

/// <summary>
/// Which changes are allowed, as a function of state and evidence. A stage rises by one and with its evidence; going down, and back to direct, is always accepted. After a reversion only an explicit
/// order goes up again: to the stage that was left or a lower one.
/// </summary>
internal static class RolloutRules
{
    /// <summary>A way back that was tried longer ago than this is not known to work.</summary>
    public static readonly TimeSpan DrillAge = TimeSpan.FromDays(7);

    /// <summary>The state after a change, or why not.</summary>
    public static RolloutState? Apply(RolloutState state, RolloutChange change, StageEvidence evidence, RolloutOptions options, DateTimeOffset now, out string refusal)
    {
        refusal = "";
        var next = Recorded(state, change, now);
        if (change.Reverted == true)
        {
            if (change.Stage > state.Stage)
            {
                refusal = "A reversion takes no higher stage with it. Leave the stage out.";
                return null;
            }

            return Revert(next with { Stage = change.Stage ?? state.Stage }, new Reversion
            {
                Trigger = "operator",
                Evidence = change.Reason,
                At = now,
                Stage = state.Stage,
                DecidedOn = state.Wave,
                By = change.By,
            });
        }

        var stage = change.Stage ?? state.Stage;
        var comesBack = change.Reverted == false && state.Reversion is not null;
        if (stage > state.Stage)
        {
            if (Refusal(state, stage, change, evidence, options, now) is { } reason)
            {
                refusal = reason;
                return null;
            }
        }

        if (comesBack) next = next with { Reversion = null };
        // The mode says who is compared with whom, as the stage does.
        if (stage == state.Stage && !comesBack && next.Mode == state.Mode) return change.BeginsWave ? next with { Wave = state.Wave + 1 } : next;
        return next with { Stage = stage, Since = now, Wave = state.Wave + 1, DeployPassedAt = stage == state.Stage ? next.DeployPassedAt : null };
    }

    /// <summary>The state after a reversion. Of the scope <see cref="Reversion.Wave"/>, only those whom the stage had added go back.</summary>
    public static RolloutState Revert(RolloutState state, Reversion why) => why.Scope == Reversion.Wave && state.Stage > 0
        ? state with { Version = state.Version + 1, Stage = state.Stage - 1, Since = why.At, Wave = state.Wave + 1, LastReversion = why, DeployBeganAt = null, DeployPassedAt = null, By = why.By }
        : state with { Version = state.Version + 1, Since = why.At, Wave = state.Wave + 1, Reversion = why, LastReversion = why, DeployBeganAt = null, DeployPassedAt = null, By = why.By };

    /// <summary>What the next stage still needs, in words; empty where it may come.</summary>
    public static IReadOnlyList<string> MissingForNext(RolloutState state, StageEvidence evidence, RolloutOptions options, DateTimeOffset now)
    {
        var missing = new List<string>();
        if (state.Stage == 4) return ["there is no higher stage"];
        if (state.Reversion is not null) missing.Add("the roll-out was reverted: send \"reverted\": false first");
        switch (state.Stage)
        {
            case 0 when state.ContractPassedAt is null:
                missing.Add("the contract suite is not recorded as passed: run it and send \"contractPassed\": true");
                break;
            case >= 1:
                missing.AddRange(evidence.Breaches);
                missing.AddRange(evidence.Missing);
                break;
        }

        if (state.Stage is 2 or 3 && now - state.Since < options.HoldTime)
            missing.Add(string.Create(CultureInfo.InvariantCulture, $"the stage has held since {state.Since:u}, and must until {state.Since + options.HoldTime:u}"));
        if (state.Stage == 3 && state.DeployPassedAt is null) missing.Add("no controlled deploy has passed at this stage: send \"deploying\": true before one, false after it");
        return missing;
    }

    /// <summary>What operators should know of the state.</summary>
    public static IReadOnlyList<string> Warnings(RolloutState state, DateTimeOffset now) =>
        state.Stage == 4 && (state.DrillPassedAt is not { } at || now - at > DrillAge)
            ? ["The way back was not tried for more than 7 days: run the drill and send \"drillPassed\": true."]
            : [];

    private static string? Refusal(RolloutState state, int stage, RolloutChange change, StageEvidence evidence, RolloutOptions options, DateTimeOffset now)
    {
        if (stage > state.Stage + 1) return string.Create(CultureInfo.InvariantCulture, $"Stages rise one at a time: the next one is {state.Stage + 1}.");
        if (state.Reversion is not null) return "The roll-out was reverted. Come back first (\"reverted\": false), and rise from there.";
        if (change.Override) return null;
        var missing = MissingForNext(change.ContractPassed ? state with { ContractPassedAt = now } : state, evidence, options, now);
        return missing.Count == 0 ? null : $"Not yet: {string.Join("; ", missing)}. An operator who knows better sends \"override\": true.";
    }

    private static RolloutState Recorded(RolloutState state, RolloutChange change, DateTimeOffset now)
    {
        var next = state with
        {
            Version = state.Version + 1,
            Mode = change.Mode ?? state.Mode,
            Allow = change.Allow ?? state.Allow,
            Deny = change.Deny ?? state.Deny,
            By = change.By,
            ContractPassedAt = change.ContractPassed ? now : state.ContractPassedAt,
            DrillPassedAt = change.DrillPassed ? now : state.DrillPassedAt,
            BaselineCreateFailures = change.BaselineCreateFailures ?? state.BaselineCreateFailures,
            BaselineHandoffFailures = change.BaselineHandoffFailures ?? state.BaselineHandoffFailures,
        };
        return change.Deploying switch
        {
            true => next with { DeployBeganAt = state.DeployBeganAt ?? now },
            false when state.DeployBeganAt is not null => next with { DeployBeganAt = null, DeployPassedAt = now },
            _ => next,
        };
    }
}
