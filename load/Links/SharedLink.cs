namespace Gateway.Load.Links;

/// <summary>
/// A bottleneck whose rate follows a trace, shared fairly by the transfers on it: each gets the same rate, unless its sender keeps to less, and what that leaves goes to the
/// others (max-min fairness). It belongs to one player or to several; two bodies of one player share like those of two.
/// </summary>
/// <remarks>
/// Bodies are fluid: between two events rates follow from the trace alone, so the moment at which the next transfer ends is computed, not stepped towards. TCP's own ups and
/// downs are in the traces, which were measured above it.
/// </remarks>
internal sealed class SharedLink : IScheduled
{
    /// <summary>A thousandth of a bit: below it a transfer is through, whatever rounding left.</summary>
    private const double Nothing = 1e-3;

    /// <summary>Beyond so many rounds of a trace nothing is expected to end any more; a trace never is empty, so this is many times what a segment needs.</summary>
    private const int MostRounds = 1000;

    private readonly EventLoop _loop;
    private readonly RateTrace _trace;
    private readonly double _offset;
    private readonly List<LinkFlow> _flows = [];
    private readonly List<ILinkFlowOwner> _done = [];
    private int _limited;

    // Where the trace stands at _at.
    private double _at;
    private int _step;
    private double _stepEnd;

    private long _version;

    public SharedLink(EventLoop loop, LinkOptions options)
    {
        _loop = loop;
        Options = options;
        _trace = options.Trace;
        _offset = options.Offset.TotalSeconds;
        _at = loop.Now.TotalSeconds;
        Locate();
    }

    public LinkOptions Options { get; }

    /// <summary>Transfers on it now.</summary>
    public int Flows => _flows.Count;

    /// <summary>Bits that went through.</summary>
    public double Carried { get; private set; }

    /// <summary>Rate now, bits per second.</summary>
    public double Rate
    {
        get
        {
            Advance();
            return _trace.RateOf(_step);
        }
    }

    /// <summary>Puts a body on the link.</summary>
    /// <param name="owner">Hears of the end, on the loop.</param>
    /// <param name="bytes">At least 1.</param>
    /// <param name="limit">Bits per second that the sender keeps to; infinite for none.</param>
    public LinkFlow Add(ILinkFlowOwner? owner, long bytes, double limit = double.PositiveInfinity)
    {
        Advance();
        var flow = new LinkFlow(owner, bytes * 8.0, limit);
        if (double.IsFinite(limit)) _limited++;
        _flows.Add(flow);
        Plan();
        return flow;
    }

    /// <summary>Takes a body off the link before its end. What stands in the queue comes through all the same, for nobody.</summary>
    public void Remove(LinkFlow flow)
    {
        Advance();
        if (!_flows.Remove(flow)) return;
        if (double.IsFinite(flow.Limit)) _limited--;
        var queued = Math.Min(flow.Remaining, Options.QueueBytes * 8.0 / (_flows.Count + 1));
        if (queued > Nothing) _flows.Add(new LinkFlow(null, queued / 8, double.PositiveInfinity) { Remaining = queued });
        Plan();
    }

    /// <summary>Bits of a flow that are still to come.</summary>
    public double RemainingOf(LinkFlow flow)
    {
        Advance();
        return flow.Remaining;
    }

    /// <summary>How long what stands in the queue keeps a new transfer from its first byte.</summary>
    public TimeSpan QueueDelay()
    {
        if (Options.QueueBytes == 0 || _flows.Count == 0) return TimeSpan.Zero;
        Advance();
        var standing = 0.0;
        foreach (var flow in _flows) standing += flow.Remaining;
        standing = Math.Min(standing, Options.QueueBytes * 8.0);
        var rate = Math.Max(_trace.RateOf(_step), 1);
        return TimeSpan.FromSeconds(Math.Min(standing / rate, 60));
    }

    public void Fire(long tag)
    {
        if (tag != _version) return;
        Advance();
        for (var i = _flows.Count - 1; i >= 0; i--)
        {
            // A tick is 100 ns, so the event may come that much before the last bit.
            if (_flows[i].Remaining > Math.Max(_flows[i].Rate * 2e-7, Nothing)) continue;
            var done = _flows[i];
            _flows.RemoveAt(i);
            if (double.IsFinite(done.Limit)) _limited--;
            if (done.Owner is not null) _done.Add(done.Owner);
        }

        Plan();

        // Owners are told when the link is in order again: what they do next comes back to it.
        if (_done.Count == 0) return;
        if (_done.Count == 1)
        {
            var owner = _done[0];
            _done.Clear();
            owner.FlowEnded();
            return;
        }

        ILinkFlowOwner[] owners = [.. _done];
        _done.Clear();
        foreach (var owner in owners) owner.FlowEnded();
    }

    private void Locate()
    {
        var within = (_at + _offset) % _trace.Length;
        _step = _trace.StepAt(within);
        _stepEnd = _at + _trace.StartOf(_step + 1) - within;
    }

    private void NextStep()
    {
        _step = _step + 1 == _trace.Count ? 0 : _step + 1;
        _stepEnd += _trace.StartOf(_step + 1) - _trace.StartOf(_step);
    }

    /// <summary>Brings what is still to come up to now.</summary>
    private void Advance()
    {
        var now = _loop.Seconds;
        if (now <= _at) return;
        if (_flows.Count == 0)
        {
            _at = now;
            if (now < _stepEnd) return;
            if (now - _stepEnd > _trace.Length) Locate();
            while (now >= _stepEnd) NextStep();
            return;
        }

        while (_at < now)
        {
            var until = Math.Min(now, _stepEnd);
            Share(_trace.RateOf(_step));
            foreach (var flow in _flows)
            {
                var passed = Math.Min(flow.Rate * (until - _at), flow.Remaining);
                flow.Remaining -= passed;
                Carried += passed;
            }

            _at = until;
            if (_at >= _stepEnd) NextStep();
        }
    }

    /// <summary>Finds when the first of the transfers ends, and comes back then.</summary>
    private void Plan()
    {
        _version++;
        if (_flows.Count == 0) return;
        if (TryFindEnd(out var at)) _loop.Schedule(TimeSpan.FromTicks((long)Math.Ceiling(at * TimeSpan.TicksPerSecond)), this, _version);
    }

    private bool TryFindEnd(out double at)
    {
        at = _at;
        var (step, stepEnd) = (_step, _stepEnd);
        Span<double> gone = _flows.Count <= 16 ? stackalloc double[_flows.Count] : new double[_flows.Count];
        gone.Clear();
        for (var steps = (long)_trace.Count * MostRounds; steps > 0; steps--)
        {
            var rate = _trace.RateOf(step);
            if (rate > 0)
            {
                Share(rate);
                var first = double.PositiveInfinity;
                for (var i = 0; i < gone.Length; i++)
                {
                    if (_flows[i].Rate > 0) first = Math.Min(first, (_flows[i].Remaining - gone[i]) / _flows[i].Rate);
                }

                if (at + first <= stepEnd)
                {
                    at += Math.Max(first, 0);
                    return true;
                }

                for (var i = 0; i < gone.Length; i++) gone[i] += _flows[i].Rate * (stepEnd - at);
            }

            at = stepEnd;
            step = step + 1 == _trace.Count ? 0 : step + 1;
            stepEnd += _trace.StartOf(step + 1) - _trace.StartOf(step);
        }

        return false;
    }

    private void Share(double rate)
    {
        if (_limited == 0)
        {
            var each = rate / _flows.Count;
            foreach (var flow in _flows) flow.Rate = each;
            return;
        }

        // Max-min: whoever is content with less than an equal share gets that, and the rest is shared anew.
        foreach (var flow in _flows) flow.Rate = -1;
        var open = _flows.Count;
        for (var settled = true; settled && open > 0;)
        {
            settled = false;
            var each = rate / open;
            foreach (var flow in _flows)
            {
                if (flow.Rate >= 0 || flow.Limit > each) continue;
                flow.Rate = flow.Limit;
                rate -= flow.Limit;
                open--;
                settled = true;
                break;
            }
        }

        foreach (var flow in _flows)
        {
            if (flow.Rate < 0) flow.Rate = rate / open;
        }
    }
}
