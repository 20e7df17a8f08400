using Microsoft.Extensions.Primitives;

namespace Gateway.Configuration;

/// <summary>
/// Reads a section anew whenever the configuration changes (a settings file, a secret's file) and passes it to the features that can change at run time; all others keep what they
/// were started with. An invalid section changes nothing and is logged.
/// </summary>
internal sealed partial class OptionsReload<TOptions>(IConfiguration configuration, string section, IEnumerable<OptionsSection> others, Action<TOptions> apply, ILogger<OptionsReload<TOptions>> log) : IHostedService, IDisposable
    where TOptions : class, new()
{
    private readonly Lock _lock = new();
    private IDisposable? _listening;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = ChangeToken.OnChange(configuration.GetReloadToken, Read);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _listening?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _listening?.Dispose();

    private void Read()
    {
        var reader = new OptionReader(configuration.GetSection($"{OptionsSection.Root}:{section}"), others);
        var fresh = new TOptions();
        // Two changes at once are applied one after the other.
        lock (_lock)
        {
            reader.Read(fresh);
            if (reader.Errors.Count == 0) apply(fresh);
        }

        foreach (var error in reader.Errors) LogWrong(error);
    }

    // Next free id: 12.
    [LoggerMessage(11, LogLevel.Warning, "A change of the configuration is ignored: {Error}", EventName = nameof(LogWrong))]
    private partial void LogWrong(string error);
}
