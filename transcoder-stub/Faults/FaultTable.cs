namespace TranscoderStub.Faults;

/// <summary>
/// The faults that are switched on. A request takes every fault that matches it, in the order of the table; a fault with a number of times is
/// counted down by the taking, so that exactly that many requests suffer it, however many arrive together.
/// </summary>
internal sealed class FaultTable(TimeProvider time)
{
    // Each request tries each rule.
    private const int MostRules = 200;

    // Protects _active, the counts and the draws in it.
    private readonly Lock _lock = new();
    private Active[] _active = [];

    /// <summary>Replaces the whole table, or leaves it as it is and returns what is wrong with a rule.</summary>
    public string? Replace(IEnumerable<FaultRule> rules)
    {
        var active = new List<Active>();
        foreach (var rule in rules)
        {
            if (active.Count == MostRules) return $"There are at most {MostRules} rules.";
            if (FaultKinds.Make(rule, time, out var refusal) is not { } fault) return refusal;
            active.Add(new Active(rule, fault));
        }

        lock (_lock) _active = [.. active];
        return null;
    }

    public IFault[] Take(string path)
    {
        lock (_lock)
        {
            if (_active.Length == 0) return [];
            var taken = new List<IFault>();
            foreach (var active in _active)
            {
                if (active.Left == 0 || !active.Glob.Matches(path) || !active.Draw()) continue;
                if (active.Left is not null) active.Left--;
                taken.Add(active.Fault);
            }

            return [.. taken];
        }
    }

    /// <summary>The rules with what is left of their times.</summary>
    public IReadOnlyList<FaultRule> Snapshot()
    {
        lock (_lock) return Array.ConvertAll(_active, a => a.Rule with { Times = a.Left });
    }

    private sealed class Active(FaultRule rule, IFault fault)
    {
        public FaultRule Rule => rule;

        public IFault Fault => fault;

        public PathGlob Glob { get; } = new(rule.Path);

        public int? Left { get; set; } = rule.Times;

        private readonly Random _draws = new(rule.Seed);

        public bool Draw() => rule.Share is not { } share || _draws.NextDouble() < share;
    }
}
