using System.Collections.Concurrent;
using Gateway.Adaptation.Policy;
using Gateway.Load.Players;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Qoe;

/// <summary>Plays a set of sessions by one kind of player in each of several arms, beside the floor and the offline optimum.</summary>
internal sealed class QoeStudy
{
    private readonly QoeStudyOptions _options;

    public QoeStudy(QoeStudyOptions options) => _options = options;

    /// <param name="kind">The player.</param>
    /// <param name="segmentSeconds">Of the film.</param>
    /// <param name="arms">Behind the first, which is the player alone.</param>
    public QoeResult[] Play(QoePlayer kind, double segmentSeconds, IReadOnlyList<QoeArm> arms)
    {
        var results = new QoeResult[_options.Sessions.Count];
        var next = -1;
        var failures = new ConcurrentQueue<Exception>();
        var threads = new Thread[_options.Threads];
        for (var t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                var declared = _options.Declared ?? AutoRendition.Declared(_options.Rungs.Length, kind.Class, isHls: !kind.IsDash);
                var titles = new QoeTitles(_options.Rungs, _options.AudioKbps, segmentSeconds, _options.TrueSizes, declared);
                var library = new ManifestLibrary(VirtualRun.Target);
                try
                {
                    for (int i; (i = Interlocked.Increment(ref next)) < results.Length;) results[i] = PlayOne(_options.Sessions[i], kind, titles, library, arms);
                }
                catch (Exception failure) when (failure is not OutOfMemoryException)
                {
                    failures.Enqueue(failure);
                }
            });
            threads[t].Start();
        }

        foreach (var thread in threads) thread.Join();
        return failures.TryDequeue(out var first) ? throw new InvalidOperationException("A session could not be played.", first) : results;
    }

    private QoeResult PlayOne(QoeSession session, QoePlayer kind, QoeTitles titles, ManifestLibrary library, IReadOnlyList<QoeArm> arms)
    {
        var outcomes = new QoeOutcome[arms.Count][];
        for (var a = 0; a < arms.Count; a++)
            outcomes[a] = session.Play(kind, new QoeSetting(titles) { Cmcd = _options.Cmcd, Policy = arms[a].Policy, IsAuto = arms[a].IsAuto }, library, _options.Viewers);

        // Who does not adapt is compared at the rate that the last arm came to.
        var alone = kind.Rules == RuleSet.Fixed && arms.Count > 0 && _options.Viewers == 1
            ? [session.Fixed(kind, titles, library, outcomes[^1][0].Kbps)]
            : session.Play(kind, new QoeSetting(titles) { Cmcd = _options.Cmcd }, library, _options.Viewers);
        var floor = session.Floor(kind, titles, library, _options.Viewers);
        var optimum = new double[alone.Length];

        // The optimum of a line that is shared would be one of all viewers together; there it is the floor that counts.
        double? share = _options.Viewers > 1 || !_options.WithOptimum ? null : QoeTable.Kept;
        for (var v = 0; v < alone.Length; v++) optimum[v] = session.Optimum(kind, titles, alone[v], floor[v], share);
        return new QoeResult(session, alone, floor, optimum, outcomes);
    }
}
