using System.Runtime.InteropServices;
using Gateway.Load.Links;

namespace Gateway.Load.Qoe;

/// <summary>
/// What somebody could reach who knows the line's future: how little a film can stall, and still have a given mean rate. Segments come one after the other, no sooner than the buffer
/// takes them; the first one is of the lowest rung, and playing begins with it.
/// </summary>
/// <remarks>
/// <para>Always the lowest rung has every segment there first, so it stalls least; every other plan is told by how much later than that each segment plays (its delay). The delay of the
/// last one is what the plan stalls more.</para>
/// <para>Segment by segment, all plans are kept that could still be the best: for each delay and each finishing time, both in small steps, the one with the highest sum of rates and the one that is
/// done first, with their exact times. What is thrown away for being within a step of a better one makes the answer a reachable plan, not always the very best: it errs towards more
/// stalls, so that what counts as avoidable is never too much.</para>
/// </remarks>
internal sealed class OfflineOptimum
{
    private const double DelayStep = 0.25;
    private const int TimeSteps = 240;
    private const int MostDelays = 64;

    private readonly RateCurve _curve;
    private readonly Func<int, int, double> _bytes;
    private readonly double[] _kbps;
    private readonly int _segments;
    private readonly double _length;
    private readonly double _buffer;
    private readonly double _roundTrip;
    private readonly double[] _plays;
    private readonly double _timeStep;

    /// <param name="curve">The line.</param>
    /// <param name="kbps">Rates of the rungs, rising.</param>
    /// <param name="segments">How many.</param>
    /// <param name="segmentSeconds">Duration of each.</param>
    /// <param name="bytes">Of a segment by rung and ordinal, all that has to come before it can play.</param>
    /// <param name="bufferSeconds">Nothing is asked for while more is held.</param>
    /// <param name="roundTripSeconds">From a request to its first byte.</param>
    public OfflineOptimum(RateCurve curve, double[] kbps, int segments, double segmentSeconds, Func<int, int, double> bytes, double bufferSeconds, double roundTripSeconds)
    {
        (_curve, _kbps, _segments, _length, _bytes, _buffer, _roundTrip) = (curve, kbps, segments, segmentSeconds, bytes, bufferSeconds, roundTripSeconds);
        _timeStep = Math.Max(bufferSeconds / TimeSteps, 0.05);
        _plays = new double[segments];
        var done = 0.0;
        for (var n = 0; n < segments; n++)
        {
            done = Load(0, n, done, 0);
            _plays[n] = n == 0 ? done : Math.Max(_plays[n - 1] + _length, done);
        }
    }

    /// <summary>Seconds that the lowest rung stalls on this line.</summary>
    public double FloorSeconds => _plays[^1] - _plays[0] - ((_segments - 1) * _length);

    /// <summary>Seconds of stall more than the floor's that a plan of at least this mean rate needs.</summary>
    /// <param name="meanKbps">To be reached.</param>
    /// <param name="most">Looked for up to there.</param>
    /// <returns>A number of quarter seconds; <paramref name="most"/> where no plan with less is found.</returns>
    public double ExtraStall(double meanKbps, double most)
    {
        var wanted = meanKbps * _segments;
        for (var delays = 1; ; delays *= 4)
        {
            var levels = Math.Min(Math.Min(delays, MostDelays), (int)(most / DelayStep) + 1);
            var best = BestByDelay(levels);
            for (var j = 0; j < levels; j++)
            {
                if (best[j] >= wanted - 1e-6) return Math.Min(j * DelayStep, most);
            }

            if (levels < delays || levels == MostDelays) return most;
        }
    }

    /// <summary>Highest sum of rates for each final delay.</summary>
    private double[] BestByDelay(int levels)
    {
        var now = new Plans(levels);
        var first = Load(0, 0, 0, 0);
        now.Keep(0, 0, new Plan(first, _kbps[0]));
        for (var n = 1; n < _segments; n++)
        {
            var next = new Plans(levels);
            var gap = _plays[n] - _plays[n - 1] - _length;
            for (var j = 0; j < levels; j++)
            {
                // What the floor stalls here, a plan that is late already stalls less.
                var inherited = Math.Max((j * DelayStep) - gap, 0);
                foreach (var plan in now.At(j))
                {
                    for (var rung = 0; rung < _kbps.Length; rung++)
                    {
                        var done = Load(rung, n, plan.Done, j * DelayStep);
                        var delay = Math.Max(inherited, done - _plays[n]);
                        var level = (int)Math.Ceiling((delay / DelayStep) - 1e-9);
                        if (level >= levels) continue;
                        var lead = _plays[n] + (level * DelayStep) - done;
                        next.Keep(level, Math.Clamp((int)(lead / _timeStep), 0, Plans.Steps - 1), new Plan(done, plan.Sum + _kbps[rung]));
                    }
                }
            }

            now = next;
        }

        var best = new double[levels];
        for (var j = 0; j < levels; j++)
        {
            best[j] = double.NegativeInfinity;
            foreach (var plan in now.At(j)) best[j] = Math.Max(best[j], plan.Sum);
        }

        return best;
    }

    /// <summary>When a segment is there that is asked for after another, and once the buffer takes it.</summary>
    private double Load(int rung, int n, double after, double delay)
    {
        var asked = after;
        var room = (n * _length) - _buffer;
        if (room > 0)
        {
            var k = Math.Min((int)(room / _length), n - 1);
            asked = Math.Max(asked, _plays[k] + delay + (room - (k * _length)));
        }

        return _curve.EndOf(_bytes(rung, n), asked + _roundTrip);
    }

    /// <param name="Done">When its last segment was there.</param>
    /// <param name="Sum">Of the rates of its segments.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Plan(double Done, double Sum);

    private sealed class Plans(int levels)
    {
        /// <summary>Buffers are over by a segment at most.</summary>
        public const int Steps = TimeSteps + 64;

        private readonly Plan[] _best = new Plan[levels * Steps];
        private readonly Plan[] _soonest = new Plan[levels * Steps];

        public void Keep(int level, int step, Plan plan)
        {
            var at = (level * Steps) + step;
            ref var best = ref _best[at];
            ref var soonest = ref _soonest[at];
            if (best.Sum == 0)
            {
                (best, soonest) = (plan, plan);
                return;
            }

            if (plan.Sum > best.Sum || (plan.Sum == best.Sum && plan.Done < best.Done)) best = plan;
            if (plan.Done < soonest.Done || (plan.Done == soonest.Done && plan.Sum > soonest.Sum)) soonest = plan;
        }

        public IEnumerable<Plan> At(int level)
        {
            for (var step = 0; step < Steps; step++)
            {
                var best = _best[(level * Steps) + step];
                if (best.Sum == 0) continue;
                yield return best;
                var soonest = _soonest[(level * Steps) + step];
                if (soonest != best) yield return soonest;
            }
        }
    }
}
