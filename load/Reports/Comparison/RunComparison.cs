using System.Globalization;
using Gateway.Load.Pacing;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Reports.Comparison;

/// <summary>
/// Whether B is better for viewers than A, by how much and how sure: figures of both, and for each difference an interval by the bootstrap (Efron, Annals of Statistics
/// 1979), drawn over players. Requests of one player are not independent of each other, so drawing those would make the interval far too narrow. Where both runs had
/// the same plan, the same viewers are drawn in both: what the plan did to them falls out of the difference.
/// </summary>
internal sealed class RunComparison
{
    private const int Draws = 2000;

    // A percentile of fewer than this moves with a single player.
    private const int FewPlayers = 30;

    private RunComparison(IReadOnlyList<ComparedFigure> compared, Gateway.Rollout.Judging.Verdict? judgement, bool isPaired, IReadOnlyList<string> warnings)
    {
        Compared = compared;
        Judgement = judgement;
        IsPaired = isPaired;
        Warnings = warnings;
    }

    /// <summary>What is compared, the summing-up first.</summary>
    public static IReadOnlyList<(string Name, FigureUnit Unit, bool IsMoreBetter)> Figures { get; } =
    [
        ("qoe.mean", FigureUnit.Number, true),
        ("players.failed", FigureUnit.Share, false),
        ("stalls.secondsPerHour", FigureUnit.SecondsPerHour, false),
        ("stalls.perHour", FigureUnit.PerHour, false),
        ("players.stalled", FigureUnit.Share, false),
        ("startup.p50", FigureUnit.Milliseconds, false),
        ("startup.p95", FigureUnit.Milliseconds, false),
        ("bitrate.mean", FigureUnit.Kbps, true),
        ("switches.perHour", FigureUnit.PerHour, false),
    ];

    public IReadOnlyList<ComparedFigure> Compared { get; }

    /// <summary>Whether the same viewers were compared.</summary>
    public bool IsPaired { get; }

    /// <summary>What speaks against believing the comparison.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public ComparedFigure Overall => Compared[0];

    /// <summary>What the judge of roll-outs says of B; null when it cannot compare.</summary>
    public Gateway.Rollout.Judging.Verdict? Judgement { get; }

    /// <summary>Whether viewers are worse off with B beyond doubt: in all, or in one respect while the whole is not clearly better.</summary>
    public bool IsWorse => Overall.IsClear ? !Overall.IsBetter : Judgement is { Decision: Decision.Revert };

    /// <summary>The answer in one sentence.</summary>
    public string Sentence
    {
        get
        {
            var sure = Overall.IsBetter ? Overall.SureBetter : 1 - Overall.SureBetter;
            var change = $"quality of experience {Signed(Overall.Difference)} (95 % interval {Signed(Overall.Low)} to {Signed(Overall.High)})";
            if (Overall.IsClear) return $"B is {(Overall.IsBetter ? "better" : "worse")} for viewers than A, {(sure >= 0.9995 ? "more than 99.9" : $"{sure * 100:0.0}".Replace(',', '.'))} % sure: {change}.";
            if (IsWorse) return $"B is worse for viewers than A in one respect ({Judgement!.Trigger}), and no difference can be told in the whole: {change}.";
            return $"No difference for viewers can be told between A and B: {change}.";
        }
    }

    /// <exception cref="InvalidDataException">One of them has no players.</exception>
    public static RunComparison Of(RunReport first, RunReport second, ulong seed = 1)
    {
        if (first.Players.Count == 0 || second.Players.Count == 0) throw new InvalidDataException("A comparison draws from players, and one of the reports has none.");
        var (rowsA, rowsB) = (first.Players, second.Players);
        var isPaired = first.Plan == second.Plan && TryPair(ref rowsA, ref rowsB);
        var (a, b) = (new PlayerSet(rowsA), new PlayerSet(rowsB));
        var (figuresA, figuresB) = (Whole(a), Whole(b));
        var differences = Draw(a, b, isPaired, new SeededRandom(seed));
        return new RunComparison([.. Figures.Select((f, i) => Judge(f, figuresA[i], figuresB[i], differences[i]))], RunJudgement.Of(rowsA, rowsB), isPaired, Doubts(first, second, isPaired));
    }

    private static bool TryPair(ref IReadOnlyList<PlayerRow> first, ref IReadOnlyList<PlayerRow> second)
    {
        var others = new Dictionary<(string Scenario, long Ordinal), PlayerRow>();
        // Two of one name cannot be told apart; the file may be anybody's.
        if (second.Any(r => !others.TryAdd((r.Scenario, r.Ordinal), r))) return false;
        var pairs = first.Where(r => others.ContainsKey((r.Scenario, r.Ordinal))).ToArray();
        // A run that ended early or in which copies were followed by others has viewers of its own; too many of them, and the pairs are no fair draw of it.
        if (pairs.Length < 0.9 * Math.Max(first.Count, second.Count)) return false;
        first = pairs;
        second = [.. pairs.Select(r => others[(r.Scenario, r.Ordinal)])];
        return true;
    }

    private static double[] Whole(PlayerSet players)
    {
        var once = new int[players.Count];
        Array.Fill(once, 1);
        var figures = new double[Figures.Count];
        players.Measure(once, figures);
        return figures;
    }

    private static double[][] Draw(PlayerSet a, PlayerSet b, bool isPaired, SeededRandom random)
    {
        var differences = Figures.Select(static _ => new double[Draws]).ToArray();
        var (drawnA, drawnB) = (new int[a.Count], new int[b.Count]);
        var (figuresA, figuresB) = (new double[Figures.Count], new double[Figures.Count]);
        for (var draw = 0; draw < Draws; draw++)
        {
            Draw(drawnA, random);
            if (isPaired) drawnA.CopyTo(drawnB, 0);
            else Draw(drawnB, random);
            a.Measure(drawnA, figuresA);
            b.Measure(drawnB, figuresB);
            for (var i = 0; i < differences.Length; i++) differences[i][draw] = figuresB[i] - figuresA[i];
        }

        return differences;
    }

    private static void Draw(int[] drawn, SeededRandom random)
    {
        Array.Clear(drawn);
        for (var i = 0; i < drawn.Length; i++) drawn[random.Next(0, drawn.Length)]++;
    }

    private static ComparedFigure Judge((string Name, FigureUnit Unit, bool IsMoreBetter) figure, double a, double b, double[] differences)
    {
        Array.Sort(differences);
        var better = differences.Sum(d => d == 0 ? 0.5 : d > 0 == figure.IsMoreBetter ? 1 : 0) / differences.Length;
        return new ComparedFigure(figure.Name, figure.Unit, figure.IsMoreBetter, a, b, differences[(int)(0.025 * Draws)], differences[(int)(0.975 * Draws) - 1], better);
    }

    private static List<string> Doubts(RunReport a, RunReport b, bool isPaired)
    {
        var doubts = new List<string>();
        if (a.TesterFailure is not null) doubts.Add("In A the tester could not keep up.");
        if (b.TesterFailure is not null) doubts.Add("In B the tester could not keep up.");
        if (!a.IsComplete || !b.IsComplete) doubts.Add("One of the runs did not go to its end.");
        if (a.Plan != b.Plan) doubts.Add("The plans differ, so the viewers of A and B are not the same; part of the difference may come from that.");
        else if (!isPaired) doubts.Add("The plans are the same, but too few viewers are in both runs to be compared one by one.");
        if (Math.Min(a.Players.Count, b.Players.Count) < FewPlayers) doubts.Add(string.Create(CultureInfo.InvariantCulture, $"There are fewer than {FewPlayers} players; intervals are too narrow then."));
        if (a.Machine.Processor != b.Machine.Processor || a.Machine.Cores != b.Machine.Cores) doubts.Add("The runs were made on different machines.");
        return doubts;
    }

    private static string Signed(double value) => (value > 0 ? "+" : "") + FigureText.Number(value);
}
