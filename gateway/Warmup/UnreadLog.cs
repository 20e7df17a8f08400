namespace Gateway.Warmup;

/// <summary>A log that takes every line and keeps none. Without one the server would leave out what it does for a log with each request.</summary>
internal sealed class UnreadLog : ILoggerProvider, ISupportExternalScope, ILogger
{
    private IExternalScopeProvider? _scopes;

    public ILogger CreateLogger(string categoryName) => this;

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _scopes?.Push(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
    }

    public void Dispose()
    {
    }
}
