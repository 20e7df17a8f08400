using System.Collections.Immutable;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// dash.js's BolaRule for one kind of media: BOLA with a placeholder buffer that stands for media which could have been there (BOLA-E, Spiteri, Sitaraman, Sparacio, MMSys 2018),
/// and in its O variant, which does not go up beyond what the throughput carries.
/// </summary>
internal sealed class DashJsBola
{
    private const double MinimumBuffer = 10;
    private const double BufferPerRung = 2;
    private const double PlaceholderDecay = 0.99;

    private readonly ImmutableArray<Rung> _rungs;
    private readonly double[] _utilities;
    private readonly double _vp;
    private readonly double _gp;
    private bool _steady;
    private int _current = -1;
    private double _placeholder;
    private double _mostAdvanced = double.NaN;
    private bool _wasReplacement;
    private double _lastStart = double.NaN;
    private double _lastDuration = double.NaN;
    private double _lastRequest = double.NaN;
    private double _lastFinish = double.NaN;
    private double _lastCall = double.NaN;

    /// <param name="rungs">From the lowest.</param>
    /// <param name="bufferTime">bufferTimeDefault, seconds.</param>
    public DashJsBola(ImmutableArray<Rung> rungs, double bufferTime)
    {
        _rungs = rungs;
        _utilities = [.. rungs.Select(r => Math.Log((double)Math.Max(r.Bandwidth, 1) / Math.Max(rungs[0].Bandwidth, 1)) + 1)];
        if (!IsOf(rungs)) return;
        var time = Math.Max(bufferTime, MinimumBuffer + (BufferPerRung * rungs.Length));
        _gp = (_utilities[^1] - 1) / ((time / MinimumBuffer) - 1);
        _vp = MinimumBuffer / _gp;
    }

    /// <summary>Whether there is anything to choose.</summary>
    public static bool IsOf(ImmutableArray<Rung> rungs) => rungs.Length > 1 && rungs[^1].Bandwidth > rungs[0].Bandwidth;

    /// <summary>Seconds that the next request is to be put off; 0 for none.</summary>
    public double Delay { get; private set; }

    public void Empty()
    {
        if (_steady) _placeholder = 0;
    }

    public void Seek()
    {
        _steady = false;
        _placeholder = 0;
        _mostAdvanced = _lastStart = _lastDuration = _lastRequest = _lastFinish = double.NaN;
        _wasReplacement = false;
    }

    public void Changed(int rung) => _current = rung;

    /// <summary>A segment came.</summary>
    public void Loaded(MediaSegment segment, int rung, double request, double finish, double buffer)
    {
        _lastRequest = request;
        _lastFinish = finish;
        CheckSegment(buffer);
        _wasReplacement = !double.IsNaN(_mostAdvanced) && segment.Start <= _mostAdvanced;
        if (!_wasReplacement) _mostAdvanced = segment.Start;
        _lastStart = segment.Start;
        _lastDuration = segment.Duration;
        _current = rung;
        CheckSegment(buffer);
    }

    /// <summary>A request was given up.</summary>
    public void Abandoned(double buffer)
    {
        var wanted = _current > 0 ? LeastBuffer(_current) : MinimumBuffer;
        _placeholder = Math.Min(_placeholder, Math.Max(0, wanted - buffer));
    }

    /// <param name="now">Seconds.</param>
    /// <param name="buffer">Seconds ahead.</param>
    /// <param name="sustainable">The rung that the safe throughput carries; null when nothing is known of it.</param>
    /// <returns>A rung; -1 for no opinion.</returns>
    public int Choose(double now, double buffer, int? sustainable)
    {
        Delay = 0;
        if (!_steady) return Start(buffer, sustainable);
        if (!double.IsNaN(_lastFinish)) _placeholder += Math.Max(0, now - _lastFinish);
        else if (!double.IsNaN(_lastCall)) _placeholder += Math.Max(0, now - _lastCall);
        _lastCall = now;
        _lastStart = _lastRequest = _lastFinish = double.NaN;

        var rung = ForBuffer(buffer + _placeholder);
        var carried = sustainable ?? 0;
        if (rung > _current && rung > carried) rung = Math.Max(carried, _current);
        var delay = Math.Max(0, buffer + _placeholder - MostBuffer(rung));
        if (delay <= _placeholder)
        {
            _placeholder -= delay;
        }
        else
        {
            delay -= _placeholder;
            _placeholder = 0;
            if (rung != _rungs.Length - 1) Delay = delay;
        }

        _current = rung;
        return rung;
    }

    private int Start(double buffer, int? sustainable)
    {
        if (sustainable is not { } rung) return -1;
        _placeholder = Math.Max(0, LeastBuffer(rung) - buffer);
        _current = rung;
        if (!double.IsNaN(_lastDuration) && buffer >= _lastDuration) _steady = true;
        return rung;
    }

    private void CheckSegment(double buffer)
    {
        if (double.IsNaN(_lastStart) || double.IsNaN(_lastRequest)) return;
        _placeholder *= PlaceholderDecay;
        if (!double.IsNaN(_lastFinish) && _current >= 0)
        {
            var atRequest = buffer + (_lastFinish - _lastRequest);
            _placeholder = Math.Min(Math.Max(0, MostBuffer(_current) - atRequest), _placeholder);
        }

        if (_wasReplacement && !double.IsNaN(_lastDuration)) _placeholder += _lastDuration;
        _lastStart = _lastRequest = double.NaN;
    }

    private int ForBuffer(double level)
    {
        var (best, score) = (0, double.NegativeInfinity);
        for (var i = 0; i < _rungs.Length; i++)
        {
            var candidate = ((_vp * (_utilities[i] - 1 + _gp)) - level) / _rungs[i].Bandwidth;
            if (candidate < score) continue;
            (best, score) = (i, candidate);
        }

        return best;
    }

    private double MostBuffer(int rung) => _vp * (_utilities[rung] + _gp);

    private double LeastBuffer(int rung)
    {
        var least = 0.0;
        for (var i = rung - 1; i >= 0; i--)
        {
            if (_utilities[i] >= _utilities[rung]) continue;
            double own = _rungs[rung].Bandwidth;
            double lower = _rungs[i].Bandwidth;
            least = Math.Max(least, _vp * (_gp + (((own * _utilities[i]) - (lower * _utilities[rung])) / (own - lower))));
        }

        return least;
    }
}
