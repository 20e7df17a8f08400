using Gateway.Load.Pacing;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Judging;

/// <summary>Plays many waves and lets the judge look after every session of each. A run follows from the seed and its number alone, whatever thread plays it.</summary>
internal static class JudgeSimulation
{
    // A full look costs a thousand times what the question after reversion costs.
    private const int PromotionLooks = 100;

    public static IReadOnlyList<SimulatedRun> Play(SimulationPlan plan, CancellationToken stop)
    {
        var runs = new SimulatedRun[plan.Runs];
        Parallel.For(0, plan.Runs, new ParallelOptions { MaxDegreeOfParallelism = plan.Threads, CancellationToken = stop }, run => runs[run] = PlayOne(plan, run));
        return runs;
    }

    private static SimulatedRun PlayOne(SimulationPlan plan, int run)
    {
        var judge = new Judge(plan.Judged);
        var state = new JudgeState(plan.Wave);
        var model = new SessionModel(plan, SeededRandom.For(plan.Seed, run, "judge"));
        for (var session = 0; session < plan.Sessions; session++)
        {
            var outcome = model.Next(session);
            state.Add(outcome);
            if (outcome.IsRepeat) continue;
            if (judge.IsReverting(state)) return Ended(plan, state, judge.Look(state));
            if (plan.MayPromote && session % Math.Max(1, plan.Sessions / PromotionLooks) == 0 && judge.Look(state) is { Decision: Decision.Promote } promotion) return Ended(plan, state, promotion);
        }

        return Ended(plan, state, null);
    }

    private static SimulatedRun Ended(SimulationPlan plan, JudgeState state, Verdict? verdict) => new(
        verdict?.Decision ?? Decision.Hold, state.Sessions, state.Treatment.Sessions, plan.Event is { } harm ? state.Treatment.Harmed(harm) + state.Control.Harmed(harm) : state.Sessions, verdict?.Trigger);
}
