using Microsoft.Extensions.Primitives;

namespace Gateway.Configuration;

/// <summary>
/// Reads a section anew whenever the configuration changes (a settings file, a secret's file) and hands it to whoever can take a change while it runs; everything else keeps what it
/// was started with. A section with a mistake in it changes nothing and is told.
/// </summary>
internal sealed partial class OptionsReload<TOptions>(IConfiguration configuration, string section, Action<TOptions> apply, ILogger<OptionsReload<TOptions>> log) : IHostedService, IDisposable
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
        var reader = new OptionReader(configuration.GetSection($"{OptionsSection.Root}:{section}"));
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
    [LoggerMessage(11, LogLevel.Warning, "A change of the configuration is not taken: {Error}", EventName = nameof(LogWrong))]
    private partial void LogWrong(string error);
}
