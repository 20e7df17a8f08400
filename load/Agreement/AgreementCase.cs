using System.Globalization;
using Gateway.Load.Links;

namespace Gateway.Load.Agreement;

/// <summary>A link on which players are compared.</summary>
/// <param name="Trace">File name below the folder of traces, without its extension.</param>
/// <param name="OffsetSeconds">Where in it the excerpt begins.</param>
/// <param name="RoundTripMs">The README of the traces gives 100 ms for 3G and 20 ms for everything else.</param>
internal sealed record AgreementCase(string Trace, int OffsetSeconds, int RoundTripMs)
{
    /// <summary>How long one is recorded.</summary>
    public const int Seconds = 100;

    /// <summary>
    /// Every set of traces, from links that cannot carry the lowest rung throughout to such that always carry the highest. Where a trace has dead stretches, the excerpt
    /// begins shortly before one.
    /// </summary>
    public static IReadOnlyList<AgreementCase> All { get; } =
    [
        new("fcc-10322-cnn", 0, 20),
        new("fcc-11332-facebook", 200, 20),
        new("fcc-213586-facebook", 0, 20),
        new("fcc-28838-amazon", 300, 20),
        new("fcc-663494-facebook", 100, 20),
        new("fcc-step-hd-0000", 0, 20),
        new("fcc-step-sd-0125", 0, 20),
        new("ghent4g-bus-0003", 0, 20),
        new("ghent4g-foot-0002", 100, 20),
        new("ghent4g-train-0002", 200, 20),
        new("hsdpa-bus-2010-09-28_1407", 0, 100),
        new("hsdpa-bus-2011-01-29_1423", 100, 100),
        new("hsdpa-car-2011-02-14_2032", 50, 100),
        new("hsdpa-ferry-2010-09-20_1542", 300, 100),
        new("hsdpa-metro-2010-09-14_2303", 60, 100),
        new("hsdpa-tram-2010-11-23_1606", 400, 100),
        new("hsdpa-other-2011-02-14_2108", 0, 100),
        new("nyu-7train1-0000", 0, 20),
        new("nyu-bus57-1200", 100, 20),
        new("nyu-qtrain-1200", 0, 20),
        new("nyu-long-island-rail-road-0000", 100, 20),
        new("puffer-2022-02-18-01", 0, 20),
        new("puffer-2022-02-18-03", 100, 20),
        new("puffer-2022-02-18-07", 0, 20),
        new("profile-normal-cascade", 0, 20),
        new("profile-fast-cascade", 0, 20),
    ];

    /// <summary>What the name of a made-up line begins with.</summary>
    private const string Steps = "line ";

    /// <summary>A link that is no excerpt: steps written as <c>0:1000,50:6000</c>, seconds and kbit/s, of which the last lasts.</summary>
    /// <exception cref="FormatException">They are not that.</exception>
    public static AgreementCase OfSteps(string steps)
    {
        var made = new AgreementCase(Steps + steps, 0, 20);
        _ = made.Link("");
        return made;
    }

    /// <summary>Browsers open a connection for each request under way, up to six, so a round trip for each is part of it.</summary>
    /// <param name="traces">Folder of traces.</param>
    public LinkOptions Link(string traces) => new()
    {
        Trace = Trace.StartsWith(Steps, StringComparison.Ordinal) ? Made(Trace[Steps.Length..]) : RateTrace.Load(Path.Combine(traces, Trace + ".csv")),
        Offset = TimeSpan.FromSeconds(OffsetSeconds),
        RoundTrip = TimeSpan.FromMilliseconds(RoundTripMs),
        ConnectRoundTrips = 1,
    };

    private static RateTrace Made(string steps)
    {
        var pairs = steps.Split(',').Select(static s => s.Split(':')).ToArray();
        if (pairs.Any(static p => p.Length != 2)) throw new FormatException($"'{steps}' is no line. Write seconds:kbps pairs with commas between them, as 0:1000,50:6000.");
        return new RateTrace(steps, [.. pairs.Select(static p => (double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture))), (3600, 0)]);
    }
}
