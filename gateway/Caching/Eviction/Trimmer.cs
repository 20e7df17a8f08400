using Gateway.Caching.Policy;
using Gateway.Caching.Store;
using Gateway.Connections;

namespace Gateway.Caching.Eviction;

/// <summary>
/// The one worker that evicts. Those who store only signal; the worker also runs a pass at an interval, because the process may grow while the cache does not.
/// <para>
/// A pass: 1. measure the pressure, by the budget, by the process's memory as a collection would leave it (<see cref="ProcessMemory"/>), and by what connections hold;
/// 2. choose victims and evict them until the target is met; 3. make the space that callers wait for; 4. measure again, and report to the connections what is still missing. Below
/// the critical mark nothing is evicted that was used within the retention. On the interval, entries that have expired for good are removed as well.
/// </para>
/// <para>
/// Hysteresis: a pass evicts to a little below the high mark; pressure falls to normal only there, and from critical only when the high mark is reached again.
/// Passes that a signal starts are paced: with the cache full of entries that may not be evicted, every insert signals, and each pass would find nothing. No pass scans
/// the whole index: its cost depends on what it evicts, not on how many objects there are.
/// </para>
/// Stop order: the worker stops first; fetches that ask for space afterwards are refused at once.
/// </summary>
internal sealed partial class Trimmer : BackgroundService
{
    /// <summary>How far below the high mark a pass goes, so that the next insert does not signal again.</summary>
    private const double Slack = 0.02;

    /// <summary>Shares of the budget that stay, however short the process is: a quarter, and at the critical mark a sixteenth.</summary>
    private const int LeastAtHigh = 4;

    private const int LeastAtCritical = 16;

    /// <summary>Least time between two passes that a signal starts; and at least so many times what the pass took.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private const int PassesRest = 9;

    /// <summary>Sweeps for one scan of a large index, a minute by default, and the bounds of one sweep: 16,384 objects take some 20 ms.</summary>
    private const int SweepRounds = 12;

    private const int LeastSwept = 4096;
    private const int MostSwept = 1 << 14;

    /// <summary>Most looks of a pass that find only entries used meanwhile; the next pass goes on from there.</summary>
    private const int MostIdleLooks = 64;

    private readonly MediaCache _cache;
    private readonly CacheParts _parts;
    private readonly ProcessMemory _process;
    private readonly ConnectionMemory _connections;
    private readonly List<EvictionPlace> _victims = [];
    private IEnumerator<CacheSlot>? _sweep;

    /// <param name="load">The process's memory; a test puts its own figures here.</param>
    /// <param name="giveBack">Returns freed memory to the system, when it is the process that is short.</param>
    public Trimmer(MediaCache cache, Func<MemoryLoad> load, Action giveBack, ConnectionMemory connections)
    {
        _cache = cache;
        _parts = cache.Parts;
        _process = new ProcessMemory(load, giveBack, _parts.Pool, _parts.Clock);
        _connections = connections;
        _parts.Budget.TrimNeeded = _parts.Trims.Signal;
    }

    /// <summary>One pass; the worker's loop is nothing but this. Must not run twice at a time.</summary>
    /// <param name="sweep">Drops what has expired, too.</param>
    public void Trim(bool sweep)
    {
        var asking = _parts.Trims.Take();
        try
        {
            var now = _parts.Now;
            if (sweep) DropExpired(now);

            // 1. and 2.
            var load = _process.Judge();
            var pressure = Measure(load);
            if (pressure == CachePressure.Critical) _parts.Lingering.GiveUp();
            if (pressure != CachePressure.Normal) Relieve(pressure, load, now);
            if (load.Share >= _parts.Options.HighWatermark || load.Resident >= _parts.Options.CriticalWatermark * load.Limit)
                _process.GiveBack(load, _parts.Options.CriticalWatermark);

            // 3.
            long wanted = 0;
            foreach (var request in asking) wanted += request.Bytes;
            var missing = Math.Min(wanted, _parts.Budget.Limit) - (_parts.Budget.Limit - _parts.Budget.Used);
            if (missing > 0) Evict(missing, EvictionReason.Capacity, now - _parts.Options.MinRetention);

            // 4.
            if (pressure != CachePressure.Normal)
            {
                load = _process.Judge();
                pressure = Measure(load);
            }

            _connections.Missing = pressure == CachePressure.Critical ? Excess(load) : 0;
        }
        finally
        {
            foreach (var request in asking) request.Tell();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The regular stop.
        }
        finally
        {
            _parts.Trims.Close();
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_parts.Options.TrimInterval, _parts.Clock);
        var tick = timer.WaitForNextTickAsync(stopping).AsTask();
        Task? signal = null;
        while (true)
        {
            // The wait is kept until it completes: a second one is not started beside the first.
            signal ??= _parts.Trims.WaitAsync(stopping);
            await Task.WhenAny(tick, signal);
            stopping.ThrowIfCancellationRequested();
            if (signal.IsCompleted) signal = null;
            _parts.Trims.Answer();
            var sweep = tick.IsCompleted;
            var began = _parts.Clock.GetTimestamp();
            try
            {
                Trim(sweep);
            }
            catch (Exception e)
            {
                Log.PassFailed(_parts.Log, e);
            }

            if (sweep) tick = IsBehind ? Task.FromResult(true) : timer.WaitForNextTickAsync(stopping).AsTask();
            var rest = _parts.Clock.GetElapsedTime(began) * PassesRest;
            await Task.Delay(rest > Pace ? rest : Pace, _parts.Clock, stopping);
        }
    }

    private CachePressure Measure(MemoryLoad load)
    {
        var budget = _parts.Budget;
        var options = _parts.Options;
        var share = Math.Max(Math.Max((double)budget.Used / budget.Limit, load.Share), _connections.Share);
        var before = budget.Pressure;
        var pressure = share >= options.CriticalWatermark || (before == CachePressure.Critical && share > options.HighWatermark) ? CachePressure.Critical
            : share >= options.HighWatermark || (before != CachePressure.Normal && share > options.HighWatermark - Slack) ? CachePressure.High
            : CachePressure.Normal;
        if (pressure == before) return pressure;
        budget.Pressure = pressure;
        Log.PressureChanged(_parts.Log, before, pressure, budget.Used, load.Used);
        return pressure;
    }

    private void Relieve(CachePressure pressure, MemoryLoad load, TimeSpan now)
    {
        var isCritical = pressure == CachePressure.Critical;
        // The process may be full of something else: the cache can give only so much, and an empty one sends every viewer to the origin.
        var spared = _parts.Budget.Limit / (isCritical ? LeastAtCritical : LeastAtHigh);
        var excess = Math.Max(BudgetExcess, Math.Min(ProcessExcess(load), _parts.Budget.Used - spared));
        if (excess <= 0) return;
        if (isCritical) Evict(excess, EvictionReason.CriticalPressure, TimeSpan.MaxValue);
        else Evict(excess, EvictionReason.HighPressure, now - _parts.Options.MinRetention);
    }

    /// <summary>The index is larger than one round of sweeps scans, so they go on, with a pause between two passes: else new entries could outrun them.</summary>
    internal bool IsBehind => _sweep is not null && _cache.Index.Count > SweepRounds * MostSwept;

    private double Target => _parts.Options.HighWatermark - Slack;

    private long BudgetExcess => _parts.Budget.Used - (long)(Target * _parts.Budget.Limit);

    private long ProcessExcess(MemoryLoad load) => load.Used - (long)(Target * load.Limit);

    private long Excess(MemoryLoad load) => Math.Max(0, Math.Max(BudgetExcess, ProcessExcess(load)));

    /// <summary>Goes on where the last sweep ended: a small index is scanned at once, a large one in parts.</summary>
    private void DropExpired(TimeSpan now)
    {
        _cache.Sweep();
        _sweep ??= _cache.Index.GetEnumerator();
        for (var left = Math.Clamp(_cache.Index.Count / SweepRounds, LeastSwept, MostSwept); left > 0; left--)
        {
            if (!_sweep.MoveNext())
            {
                _sweep.Dispose();
                _sweep = null;
                return;
            }

            var cacheSlot = _sweep.Current;
            foreach (var entry in cacheSlot.Entries)
            {
                if (IsExpired(entry, now)) _cache.Index.Drop(cacheSlot, entry, EvictionReason.Expired);
                else _cache.Index.Order.Refresh(entry);
            }

            if (cacheSlot.Entries.Length == 0) _cache.Index.Tidy(cacheSlot);
        }
    }

    private bool IsExpired(CacheEntry entry, TimeSpan now)
    {
        if (entry.Body.IsGrowing) return false;
        if (entry.IsUntouched && now - entry.LastUsed > _parts.Options.PrefetchedIdle) return true;
        if (_parts.Options.MaxIdle > TimeSpan.Zero && now - entry.LastUsed > _parts.Options.MaxIdle && !entry.Body.InUse) return true;
        var stale = -entry.FreshForAt(now);
        if (stale <= TimeSpan.Zero) return false;
        var usable = entry.Freshness.StaleIfError > entry.Freshness.StaleWhileRevalidate ? entry.Freshness.StaleIfError : entry.Freshness.StaleWhileRevalidate;
        if (Storability.HasValidator(entry.Head) && _parts.Options.KeepStale > usable) usable = _parts.Options.KeepStale;
        return stale > usable;
    }

    /// <summary>Evicts at least this many bytes if so many may be evicted, sparing entries used after <paramref name="usedBefore"/>.</summary>
    private void Evict(long bytes, EvictionReason reason, TimeSpan usedBefore)
    {
        var order = _cache.Index.Order;
        for (var idle = 0; bytes > 0 && idle < MostIdleLooks;)
        {
            _victims.Clear();
            var mayFindMore = order.Take(_victims, ref bytes, usedBefore, _parts.Now);
            foreach (var victim in _victims) _cache.Index.Drop(victim.CacheSlot, victim.Entry, reason);
            if (!mayFindMore) break;
            idle = _victims.Count > 0 ? 0 : idle + 1;
        }

        _victims.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Information, "Cache pressure went from {Before} to {After}: {Bytes} bytes cached, {Resident} resident.", EventName = nameof(PressureChanged))]
        public static partial void PressureChanged(ILogger log, CachePressure before, CachePressure after, long bytes, long resident);

        [LoggerMessage(3011, LogLevel.Error, "Cache trimming pass failed; the next pass runs as usual.", EventName = nameof(PassFailed))]
        public static partial void PassFailed(ILogger log, Exception exception);
    }
}
