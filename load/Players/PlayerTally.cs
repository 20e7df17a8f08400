using System.Collections.Immutable;

namespace Gateway.Load.Players;

/// <summary>Counts what a player goes through, and makes its result of that. Small: a few hundred bytes and the bounded lists.</summary>
internal sealed class PlayerTally
{
    /// <summary>Stalls and seeks that are listed one by one; beyond, they are counted only.</summary>
    private const int MostListed = 100;

    private const int MostSamples = 120;

    private readonly int[] _faults = new int[Enum.GetValues<PlayerFault>().Length];
    private readonly List<Stall> _stalls = [];
    private readonly List<SeekTime> _seeks = [];
    private readonly List<PlayerSample> _samples = [];
    private double[] _secondsOnRung = [];
    private int[] _kbpsOfRung = [];
    private double _kbpsSeconds;
    private double _played;
    private int _shown = -1;
    private double _latencySeconds;
    private double _latencyOver;
    private TimeSpan _stallTime;
    private int _stallCount;
    private int _up;
    private int _down;
    private double _switched;

    /// <summary>Seconds between two samples; doubles when there are too many.</summary>
    public double SampleSeconds { get; private set; } = 5;

    /// <summary>Declared rate on the screen; 0 before the first picture.</summary>
    public int Kbps => _shown < 0 ? 0 : _kbpsOfRung[_shown];

    public double Played => _played;

    /// <summary>Seconds during which the playhead moved without a picture.</summary>
    public double SoundOnly { get; set; }

    public TimeSpan? StartUp { get; set; }

    public TimeSpan Paused { get; set; }

    public long Bytes { get; set; }

    public long WastedBytes { get; set; }

    public int Requests { get; set; }

    public int Segments { get; set; }

    public int Abandoned { get; set; }

    public (int Buffer, int Cache, int Origin, int Unknown) Sources { get; private set; }

    /// <summary>Another title has other rungs.</summary>
    public void Opened(ImmutableArray<int> kbps)
    {
        // The rates of several titles stand side by side: a median over both is one over their rates.
        var first = _kbpsOfRung.Length;
        _kbpsOfRung = [.. _kbpsOfRung, .. kbps];
        Array.Resize(ref _secondsOnRung, _kbpsOfRung.Length);
        FirstRung = first;
    }

    private int FirstRung { get; set; }

    /// <summary>Media of a rung went over the screen.</summary>
    public void Show(int rung, double seconds, double? latency)
    {
        rung += FirstRung;
        if (_shown >= 0 && rung != _shown && _shown >= FirstRung)
        {
            if (_kbpsOfRung[rung] > _kbpsOfRung[_shown]) _up++;
            else _down++;
            _switched += Math.Abs(_kbpsOfRung[rung] - _kbpsOfRung[_shown]);
        }

        _shown = rung;
        _secondsOnRung[rung] += seconds;
        _kbpsSeconds += seconds * _kbpsOfRung[rung];
        _played += seconds;
        if (latency is { } behind)
        {
            _latencySeconds += behind * seconds;
            _latencyOver += seconds;
        }
    }

    public void Fault(PlayerFault fault) => _faults[(int)fault]++;

    public void Stalled(in Stall stall)
    {
        _stallCount++;
        _stallTime += stall.Duration;
        if (_stalls.Count < MostListed) _stalls.Add(stall);
    }

    public void Sought(in SeekTime seek)
    {
        if (_seeks.Count < MostListed) _seeks.Add(seek);
    }

    public void Served(string? from)
    {
        var s = Sources;
        Sources = from switch
        {
            "buffer" => s with { Buffer = s.Buffer + 1 },
            "cache" => s with { Cache = s.Cache + 1 },
            "origin" => s with { Origin = s.Origin + 1 },
            _ => s with { Unknown = s.Unknown + 1 },
        };
    }

    public void Sample(in PlayerSample sample)
    {
        if (_samples.Count == MostSamples)
        {
            for (var i = 0; i < MostSamples / 2; i++) _samples[i] = _samples[2 * i];
            _samples.RemoveRange(MostSamples / 2, MostSamples / 2);
            SampleSeconds *= 2;
        }

        _samples.Add(sample);
    }

    /// <summary>Puts it all together.</summary>
    public PlayerResult Result(PlayerPlan plan, TimeSpan startedAt, TimeSpan endedAt, PlayerPhase last, bool leftEarly) => new()
    {
        Index = plan.Index,
        Scenario = plan.Scenario,
        Title = plan.Title,
        Rules = plan.Rules,
        IntendedStart = plan.IntendedStart,
        ActualStart = startedAt,
        EndedAt = endedAt,
        StartUp = StartUp,
        LastPhase = last,
        LeftBeforeStart = leftEarly,
        Played = TimeSpan.FromSeconds(_played),
        SoundOnly = TimeSpan.FromSeconds(SoundOnly),
        Paused = Paused,
        Stalls = [.. _stalls],
        StallCount = _stallCount,
        StallTime = _stallTime,
        SwitchesUp = _up,
        SwitchesDown = _down,
        MeanKbps = _played > 0 ? _kbpsSeconds / _played : 0,
        MedianKbps = Median(),
        SwitchedKbps = _switched,
        LiveLatency = _latencyOver > 0 ? TimeSpan.FromSeconds(_latencySeconds / _latencyOver) : null,
        Faults = [.. _faults],
        Bytes = Bytes,
        WastedBytes = WastedBytes,
        Requests = Requests,
        Segments = Segments,
        Abandoned = Abandoned,
        Seeks = [.. _seeks],
        Sources = Sources,
        Samples = [.. _samples],
    };

    private double Median()
    {
        var half = _played / 2;
        foreach (var rung in Enumerable.Range(0, _kbpsOfRung.Length).OrderBy(r => _kbpsOfRung[r]))
        {
            half -= _secondsOnRung[rung];
            if (half <= 0) return _played > 0 ? _kbpsOfRung[rung] : 0;
        }

        return 0;
    }
}
