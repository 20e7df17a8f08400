using System.Globalization;

namespace Gateway.Load.Scenarios;

/// <summary>
/// A short sum over all that the plan of a test follows from, but not over its target: two runs with the same sum had the same viewers, and can be compared one by one.
/// </summary>
internal static class PlanSum
{
    public static string Of(LoadTest test)
    {
        // FNV-1a, 64 bits: small, and the same in every version of .NET.
        var sum = 14695981039346656037UL;
        Add(test.Seed.ToString(CultureInfo.InvariantCulture));
        foreach (var scenario in test.Scenarios)
        {
            Add(scenario.Name);
            foreach (var phase in scenario.LoadSimulations) Add(string.Create(CultureInfo.InvariantCulture, $"{phase.Kind} {phase.Amount} {phase.Minimum} {phase.Interval} {phase.During}"));
            // What the first viewers are drawn as tells any change of the audience.
            if (scenario.Audience is not { } audience) continue;
            var planner = new ViewerPlanner(scenario.Name, audience, test.Seed, "", RunTarget.TracesOf(audience), test.Duration);
            for (var i = 0; i < 64; i++)
            {
                var viewer = planner.Draw(i, i, TimeSpan.Zero);
                // The name of a trace and not where it lies: another machine has another folder.
                var link = viewer.Link is { } line ? line with { Trace = Path.GetFileName(line.Trace) } : null;
                Add(string.Create(CultureInfo.InvariantCulture, $"{viewer.Player.Title} {viewer.Player.Rules} {viewer.Player.Stay} {viewer.Player.FixedRung} {viewer.Player.Seed} {link}"));
                foreach (var action in viewer.Player.Actions) Add(string.Create(CultureInfo.InvariantCulture, $"{action}"));
            }
        }

        return sum.ToString("x16", CultureInfo.InvariantCulture);

        void Add(string text)
        {
            foreach (var letter in text) sum = (sum ^ letter) * 1099511628211UL;
            sum = (sum ^ '\n') * 1099511628211UL;
        }
    }
}
