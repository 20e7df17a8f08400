using Gateway.Rollout.Store;
using Gateway.Telemetry.Events;

namespace Gateway.Rollout.Control;

/// <summary>
/// The roll-out in force on this node, and the one way to change it.
/// </summary>
/// <remarks>
/// <para>Readers take <see cref="Current"/>, an immutable state that is swapped whole, and never wait. Changes are compared with the version on which they were decided: without a store under the lock of
/// this class, with one by the database, so of two changes at once one is made and the other is told that it is outdated. What the store says replaces what is known here, with one exception: a reversion
/// that was decided here while the store was away holds here at once (<see cref="Revert"/>), and is written with the first turn that succeeds.</para>
/// <para>A node with a store that has never answered does not know whether there was a reversion: <see cref="IsKnown"/> is false, and it gives direct playback. Later it keeps what it last knew.</para>
/// <para>Listeners are called after the swap, outside of the lock.</para>
/// </remarks>
internal sealed partial class RolloutControl
{
    /// <summary>Each failure means that somebody else has made a change.</summary>
    private const int MostTries = 5;

    private readonly Lock _lock = new();
    private readonly RolloutStore? _store;
    private readonly RolloutMetrics _metrics;
    private readonly EventLog _events;
    private readonly TimeProvider _time;
    private readonly ILogger<RolloutControl> _log;
    private volatile RolloutOptions _options;
    private volatile RolloutState _current;
    private volatile Reversion? _pending;
    private volatile bool _isKnown;
    private int _dryRunTold;

    public RolloutControl(RolloutOptions options, RolloutMetrics metrics, EventLog events, TimeProvider time, ILogger<RolloutControl> log, RolloutStore? store = null)
    {
        _options = options;
        _metrics = metrics;
        _events = events;
        _time = time;
        _log = log;
        _store = store;
        _isKnown = store is null;
        _current = Initial(options, time.GetUtcNow());
        _metrics.State = () => (IsKnown ? Current.Stage : 0, IsReverted);
    }

    /// <summary>The state in force.</summary>
    public RolloutState Current => _current;

    /// <summary>Whether the shared state was ever read, or there is none.</summary>
    public bool IsKnown => _isKnown;

    public bool IsReverted => _current.Reversion is not null;

    /// <summary>The mode in force: this node's configuration, else the shared one.</summary>
    public EngineMode Mode => _options.EngineMode != EngineMode.Staged ? _options.EngineMode : _current.Mode;

    /// <summary>Whether <see cref="Mode"/> is fixed by this node's configuration.</summary>
    public bool IsModeConfigured => _options.EngineMode != EngineMode.Staged;

    public RolloutOptions Options => _options;

    /// <summary>What is known of the present stage; the judge's part sets it.</summary>
    public Func<StageEvidence> Evidence { get; set; } = static () => StageEvidence.None;

    /// <summary>Told of each new state; listeners are quick and do not throw. Two changes at once may be told in either order: what a listener keeps follows <see cref="Current"/>.</summary>
    public Action<RolloutState>? Changed { get; set; }

    /// <summary>Changes the roll-out.</summary>
    /// <param name="change">What.</param>
    /// <param name="version">The version that the caller has seen; null for whichever is in force.</param>
    /// <param name="leaving">The caller leaves.</param>
    /// <returns>How it ended, and why not.</returns>
    public async ValueTask<(ChangeResult Result, string Refusal)> ChangeAsync(RolloutChange change, long? version, CancellationToken leaving)
    {
        if (change.Mode is not null && IsModeConfigured) return (ChangeResult.Refused, $"Gateway:Rollout:EngineMode is {_options.EngineMode} in this node's configuration and fixes the mode. Remove it there.");
        var seen = _current;
        if (version is null) return await ChangeLatestAsync(change, leaving);
        if (version != seen.Version) return (ChangeResult.Outdated, "");
        if (RolloutRules.Apply(seen, change, Evidence(), _options, _time.GetUtcNow(), out var refusal) is not { } next) return (ChangeResult.Refused, refusal);
        if (_store is null) return (TrySwap(seen, next) ? ChangeResult.Made : ChangeResult.Outdated, "");
        if (!_isKnown) return (ChangeResult.Unavailable, "");
        var (written, isAway) = await _store.TryWriteAsync(seen.Version, next, leaving);
        if (isAway) return (ChangeResult.Unavailable, "");
        if (!written) return (ChangeResult.Outdated, "");
        Learn(next);
        return (ChangeResult.Made, "");
    }

    /// <summary>Changes whatever is in force: what is known here may be half a second old, so an outdated try is repeated with what the store says.</summary>
    private async ValueTask<(ChangeResult Result, string Refusal)> ChangeLatestAsync(RolloutChange change, CancellationToken leaving)
    {
        for (var tries = MostTries; ; tries--)
        {
            var (result, refusal) = await ChangeAsync(change, _current.Version, leaving);
            if (result != ChangeResult.Outdated || tries == 1) return (result, refusal);
            if (_store is not null && _current is var seen && await _store.TryReadAsync(seen, leaving) is { } stored) Learn(stored, seen);
        }
    }

    /// <summary>Takes new sessions back to direct playback, here at once and everywhere with the store's next turn.</summary>
    public void Revert(Reversion why)
    {
        if (_options.DryRun)
        {
            // Once for each wave, not with every look.
            if (Interlocked.Exchange(ref _dryRunTold, why.DecidedOn) != why.DecidedOn) LogDryRun(why.Trigger, why.Observed, why.Limit, why.Evidence);
            return;
        }

        RolloutState seen;
        do
        {
            seen = _current;
            // Decided on a wave that is over: somebody else was quicker.
            if (seen.Reversion is not null || seen.Wave != why.DecidedOn) return;
        }
        while (!TrySwap(seen, RolloutRules.Revert(seen, why), why));
    }

    /// <summary>Takes over what the store says.</summary>
    /// <param name="stored">As it was read or written.</param>
    /// <param name="seen">What was in force when the reading began: a change that was made meanwhile is newer than what was read. Null for what this node has written.</param>
    public void Learn(RolloutState stored, RolloutState? seen = null)
    {
        RolloutState before;
        bool wasKnown;
        lock (_lock)
        {
            before = _current;
            if (seen is not null && !ReferenceEquals(seen, before)) return;
            wasKnown = _isKnown;
            if (seen is null && wasKnown && stored.Version < before.Version) return;
            _isKnown = true;
            if (_pending is not null || (before.Version == stored.Version && before.LastReversion == stored.LastReversion && wasKnown)) return;
            _current = stored;
        }

        // What happened before this node started is not news.
        Tell(wasKnown ? before : stored, stored);
    }

    /// <summary>A change of the configuration: the mode counts at once; stage and lists are taken like an operator's order where they differ from what the configuration said before.</summary>
    public async Task ReconfigureAsync(RolloutOptions fresh)
    {
        var before = _options;
        _options = fresh;
        if (before.EngineMode != fresh.EngineMode) LogMode(fresh.EngineMode);
        var change = new RolloutChange
        {
            Stage = fresh.Stage != before.Stage ? fresh.Stage : null,
            Allow = fresh.Allow.AsSpan().SequenceEqual(before.Allow) ? null : fresh.Allow,
            Deny = fresh.Deny.AsSpan().SequenceEqual(before.Deny) ? null : fresh.Deny,
            // Another share is another comparison.
            BeginsWave = (fresh.LocalShare, fresh.LimitedShare, fresh.BroadShare) != (before.LocalShare, before.LimitedShare, before.BroadShare),
            By = "configuration",
        };
        if (change is { Stage: null, Allow: null, Deny: null, BeginsWave: false }) return;
        var (result, refusal) = await ChangeAsync(change, null, CancellationToken.None);
        _events.Write(new OperatorActionEvent { Status = result == ChangeResult.Made ? EventStatus.Success : EventStatus.Reject, Who = "configuration", What = "rollout.change", Target = $"stage {fresh.Stage}" });
        if (result != ChangeResult.Made) LogNotTaken(result, refusal);
    }

    /// <summary>One turn with the store: a reversion that waits goes first.</summary>
    internal async Task TakeTurnAsync(CancellationToken stopping)
    {
        var seen = _current;
        var stored = await _store!.ReadAsync(seen, stopping);
        if (_pending is { } why && stored is not null)
        {
            // Somebody else has reverted, or ordered something else, on the same evidence: theirs counts.
            var isSettled = stored.Reversion is not null || stored.Wave != why.DecidedOn;
            if (!isSettled) stored = await _store.TryWriteAsync(stored.Version, RolloutRules.Revert(stored, why), stopping) is { Written: true } ? RolloutRules.Revert(stored, why) : null;
            if (stored is null) return;
            _pending = null;
        }

        if (stored is not null) Learn(stored, seen);
    }

    private static RolloutState Initial(RolloutOptions options, DateTimeOffset now) => new() { Version = 1, Stage = options.Stage, Allow = options.Allow, Deny = options.Deny, By = "configuration", Since = now };

    private bool TrySwap(RolloutState seen, RolloutState next, Reversion? decided = null)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_current, seen)) return false;
            // Together with the state: what is read from the store in between must not take the reversion back.
            if (_store is not null && decided is not null) _pending = decided;
            _current = next;
        }

        Tell(seen, next);
        return true;
    }

    private void Tell(RolloutState before, RolloutState now)
    {
        // Two gateways that have decided the same thing at once agree on one wording later: no second reversion.
        if (now.LastReversion is { } why && why.DecidedOn != before.LastReversion?.DecidedOn)
        {
            _metrics.Reverted(why.Trigger);
            LogReverted(why.Trigger, why.Observed, why.Limit, why.Scope, why.Evidence);
            _events.Write(new RolloutRevertedEvent(default) { Trigger = why.Trigger, Stage = why.Stage, Observed = why.Observed, Limit = why.Limit, Scope = why.Scope, Evidence = why.Evidence, By = why.By });
        }
        else
        {
            LogState(now.Stage, now.Mode, now.Wave, now.By);
        }

        Changed?.Invoke(now);
    }

    // Next free id: 1205.
    [LoggerMessage(1200, LogLevel.Warning, "Roll-out reverted by '{Trigger}': {Observed} against a limit of {Limit}; scope '{Scope}'. New sessions play directly. {Evidence}. Way back: PUT /admin/rollout with \"reverted\": false", EventName = nameof(LogReverted))]
    private partial void LogReverted(string trigger, double observed, double limit, string scope, string evidence);

    [LoggerMessage(1201, LogLevel.Information, "Roll-out at stage {Stage}, mode {Mode}, wave {Wave}, by '{By}'", EventName = nameof(LogState))]
    private partial void LogState(int stage, EngineMode mode, int wave, string by);

    [LoggerMessage(1202, LogLevel.Information, "The configuration sets the engine mode {Mode}", EventName = nameof(LogMode))]
    private partial void LogMode(EngineMode mode);

    [LoggerMessage(1203, LogLevel.Warning, "The configuration's change of the roll-out was not taken ({Result}): {Refusal}", EventName = nameof(LogNotTaken))]
    private partial void LogNotTaken(ChangeResult result, string refusal);

    [LoggerMessage(1204, LogLevel.Warning, "The roll-out would be reverted by '{Trigger}': {Observed} against a limit of {Limit}. {Evidence}. Nothing is changed: Gateway:Rollout:DryRun is set", EventName = nameof(LogDryRun))]
    private partial void LogDryRun(string trigger, double observed, double limit, string evidence);
}
