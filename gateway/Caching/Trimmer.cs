using System.Threading.Channels;

namespace Gateway.Caching;

/// <summary>
/// The one worker that evicts. Whoever stores only rings; the worker also looks by itself at an interval, because the process may grow while the cache does not.
/// <para>
/// A pass: 1. drop what has expired for good; 2. measure the pressure, by the budget and by the process's memory; 3. choose victims, and drop until the target is met.
/// Victims are never in use: their bytes would stay anyway. Order: fetched ahead and never asked for, of a viewing that ended, of a title that holds more than its share,
/// then everything, each by the time of last use. Below the critical mark nothing goes that was used within the retention.
/// </para>
/// <para>
/// Hysteresis: a pass evicts to a little below the high mark, pressure falls to normal only there, and from critical only when the high mark is reached again.
/// </para>
/// </summary>
internal sealed partial class Trimmer : BackgroundService
{
    /// <summary>How far below the high mark a pass goes, so that the next insert does not ring again.</summary>
    private const double Slack = 0.02;

    private readonly Cellar _cellar;
    private readonly CellarParts _parts;
    private readonly Func<MemoryLoad> _load;
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private readonly List<(long Bytes, TaskCompletionSource Done)> _asking = [];

    /// <param name="load">The process's memory; a test puts its own figures here.</param>
    public Trimmer(Cellar cellar, Func<MemoryLoad> load)
    {
        _cellar = cellar;
        _parts = cellar.Parts;
        _load = load;
        _parts.Budget.Bell = () => _bell.Writer.TryWrite(true);
        _parts.MakeRoom = MakeRoomAsync;
    }

    /// <summary>One pass; the worker's loop is nothing but this. Must not run twice at a time.</summary>
    public void Trim()
    {
        List<(long Bytes, TaskCompletionSource Done)> asking;
        lock (_gate)
        {
            asking = [.. _asking];
            _asking.Clear();
        }

        try
        {
            // 1.
            var now = _parts.Now;
            DropExpired(now);

            // 2.
            var pressure = Measure(_load());

            // 3.
            if (pressure != CachePressure.Normal) Relieve(pressure, now);
            long wanted = 0;
            foreach (var (bytes, _) in asking) wanted = Math.Max(wanted, bytes);
            var missing = wanted - (_parts.Budget.Limit - _parts.Budget.Used);
            if (missing > 0) Evict(missing, EvictionReason.Capacity, now - _parts.Options.MinRetention);
            Measure(_load());
        }
        finally
        {
            foreach (var (_, done) in asking) done.TrySetResult();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_parts.Options.TrimInterval, _parts.Clock);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var rung = _bell.Reader.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            var first = await Task.WhenAny(tick, rung);
            if (stoppingToken.IsCancellationRequested) break;
            while (_bell.Reader.TryRead(out _))
            {
                // Rings that came together are one.
            }

            try
            {
                Trim();
            }
            catch (Exception e)
            {
                Log.PassFailed(_parts.Log, e);
            }

            if (first == tick) tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            if (rung.IsCompleted) rung = _bell.Reader.WaitToReadAsync(stoppingToken).AsTask();
        }

        ReleaseAsking();
    }

    /// <summary>Asks for room and waits for the pass that was to make it.</summary>
    public Task MakeRoomAsync(long bytes)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _asking.Add((bytes, done));
        _bell.Writer.TryWrite(true);
        return done.Task;
    }

    private void ReleaseAsking()
    {
        lock (_gate)
        {
            foreach (var (_, done) in _asking) done.TrySetResult();
            _asking.Clear();
        }
    }

    private CachePressure Measure(MemoryLoad load)
    {
        var budget = _parts.Budget;
        var options = _parts.Options;
        var share = Math.Max((double)budget.Used / budget.Limit, load.Share);
        var before = budget.Pressure;
        var pressure = share >= options.CriticalWatermark || (before == CachePressure.Critical && share > options.HighWatermark) ? CachePressure.Critical
            : share >= options.HighWatermark || (before != CachePressure.Normal && share > options.HighWatermark - Slack) ? CachePressure.High
            : CachePressure.Normal;
        if (pressure == before) return pressure;
        budget.Pressure = pressure;
        Log.PressureChanged(_parts.Log, before, pressure, budget.Used, load.Used);
        return pressure;
    }

    private void Relieve(CachePressure pressure, TimeSpan now)
    {
        var load = _load();
        var target = _parts.Options.HighWatermark - Slack;
        var excess = Math.Max(_parts.Budget.Used - (long)(target * _parts.Budget.Limit), load.Used - (long)(target * load.Limit));
        if (excess <= 0) return;
        if (pressure == CachePressure.Critical) Evict(excess, EvictionReason.CriticalPressure, TimeSpan.MaxValue);
        else Evict(excess, EvictionReason.HighPressure, now - _parts.Options.MinRetention);
        // Blocks that lie free help nobody when it is the process that is short.
        if (load.Share >= _parts.Options.HighWatermark) _parts.Pool.Shrink(0);
    }

    private void DropExpired(TimeSpan now)
    {
        _cellar.Sweep();
        foreach (var (_, shelf) in _cellar.Shelves)
        {
            foreach (var entry in shelf.Entries)
            {
                if (IsExpired(entry, now)) _cellar.Drop(shelf, entry, EvictionReason.Expired);
            }

            if (shelf.Entries.Length == 0) _cellar.Tidy(shelf);
        }
    }

    private bool IsExpired(CellarEntry entry, TimeSpan now)
    {
        if (entry.Body.IsGrowing) return false;
        if (entry.IsUntouched && now - entry.LastUsed > _parts.Options.PrefetchedIdle) return true;
        var stale = -entry.FreshForAt(now);
        if (stale <= TimeSpan.Zero) return false;
        var usable = entry.Freshness.StaleIfError > entry.Freshness.StaleWhileRevalidate ? entry.Freshness.StaleIfError : entry.Freshness.StaleWhileRevalidate;
        if (Storability.HasValidator(entry.Head) && _parts.Options.KeepStale > usable) usable = _parts.Options.KeepStale;
        return stale > usable;
    }

    /// <summary>Drops at least this many bytes if there are so many to be had, sparing what was used after <paramref name="usedBefore"/>.</summary>
    private void Evict(long bytes, EvictionReason reason, TimeSpan usedBefore)
    {
        var victims = new List<Victim>();
        var titles = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (_, shelf) in _cellar.Shelves)
        {
            foreach (var entry in shelf.Entries)
            {
                titles[entry.Title] = titles.GetValueOrDefault(entry.Title) + entry.Bytes;
                if (entry.Body.IsComplete && !entry.Body.InUse && entry.LastUsed <= usedBefore) victims.Add(new Victim(shelf, entry));
            }
        }

        var share = (long)(_parts.Options.TitleShare * _parts.Budget.Limit);
        victims.Sort(static (a, b) => a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.LastUsed.CompareTo(b.LastUsed));
        // First whatever has a mark against it; a title over its share gives until it is within it; then the rest by age.
        bytes = Drop(victims, bytes, reason, v => v.Rank < Victim.Ordinary);
        bytes = Drop(victims, bytes, reason, v =>
        {
            if (titles[v.Entry.Title] <= share || titles.Count == 1) return false;
            titles[v.Entry.Title] -= v.Entry.Bytes;
            return true;
        });
        Drop(victims, bytes, reason, static _ => true);
    }

    private long Drop(List<Victim> victims, long bytes, EvictionReason reason, Predicate<Victim> which)
    {
        for (var i = 0; i < victims.Count && bytes > 0; i++)
        {
            var victim = victims[i];
            if (victim.Gone || !which(victim)) continue;
            victim.Gone = true;
            bytes -= victim.Entry.Bytes;
            _cellar.Drop(victim.Shelf, victim.Entry, reason);
        }

        return bytes;
    }

    private sealed class Victim(Shelf shelf, CellarEntry entry)
    {
        public const int Ordinary = 2;

        public Shelf Shelf { get; } = shelf;

        public CellarEntry Entry { get; } = entry;

        public int Rank { get; } = entry.IsUntouched ? 0 : entry.IsDemoted ? 1 : Ordinary;

        /// <summary>Taken once: a sort must not see it change.</summary>
        public TimeSpan LastUsed { get; } = entry.LastUsed;

        public bool Gone { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Information, "Cache pressure went from {Before} to {After}: {Bytes} bytes cached, {Resident} resident.", EventName = nameof(PressureChanged))]
        public static partial void PressureChanged(ILogger log, CachePressure before, CachePressure after, long bytes, long resident);

        [LoggerMessage(3011, LogLevel.Error, "A trimming pass failed; the next one goes on.", EventName = nameof(PassFailed))]
        public static partial void PassFailed(ILogger log, Exception exception);
    }
}
