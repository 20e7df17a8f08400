using Gateway.Configuration;
using Gateway.Rollout.Control;
using Gateway.Rollout.Player;

namespace Gateway.Rollout;

/// <summary>Tells at the start which engine is in effect, and by what name it was set.</summary>
internal sealed partial class RolloutStart(RolloutControl control, PlayerOptions player, IConfiguration configuration, ILogger<RolloutStart> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var state = control.Current;
        LogInEffect(control.Mode, state.Stage, control.Options.GroupsSegmented, player.Profile, player.StartupTimeout.TotalMilliseconds, player.EffectiveFragmentDurationSec);
        if (control.IsReverted) LogReverted(state.Reversion!.Trigger, state.Reversion.At);
        foreach (var (variable, keys) in EnvironmentAliases.All)
        {
            if (!string.IsNullOrWhiteSpace(configuration[variable])) LogAlias(variable, string.Join(", ", keys));
        }

        if (!string.IsNullOrWhiteSpace(configuration[EnvironmentAliases.Derived])) LogDerived(EnvironmentAliases.Derived, player.EffectiveFragmentDurationSec);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Next free id: 1224.
    [LoggerMessage(1220, LogLevel.Information, "Engine mode '{Mode}', stage {Stage}, groups segmented: {Groups}, player profile '{Profile}', start-up timeout {StartupMs} ms, fragments of {FragmentSec} s", EventName = nameof(LogInEffect))]
    private partial void LogInEffect(EngineMode mode, int stage, bool groups, PlayerProfile profile, double startupMs, double fragmentSec);

    [LoggerMessage(1221, LogLevel.Warning, "The roll-out is reverted by '{Trigger}' since {At}: new sessions play directly. Way back: PUT /admin/rollout with \"reverted\": false", EventName = nameof(LogReverted))]
    private partial void LogReverted(string trigger, DateTimeOffset at);

    [LoggerMessage(1222, LogLevel.Information, "'{Variable}' of the environment sets {Keys}", EventName = nameof(LogAlias))]
    private partial void LogAlias(string variable, string keys);

    [LoggerMessage(1223, LogLevel.Warning, "'{Variable}' has no effect: it is derived, and is {FragmentSec}", EventName = nameof(LogDerived))]
    private partial void LogDerived(string variable, double fragmentSec);
}
