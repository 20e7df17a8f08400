using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

/// <summary>What the web server logs of its own accord, whatever the configuration says.</summary>
public sealed class FrameworkLogTests
{
    /// <summary>A client that floods a connection with frames is told of at the highest level, with a stack trace, as often as it likes; and the request log writes paths, which hold tickets.</summary>
    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.Http2", false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", true)]
    public async Task Entries_ThatAClientCausesOfItsOwnWill_AreNotWritten(string category, bool isWritten)
    {
        await using var host = await TelemetryHost.StartAsync(new() { [$"Logging:LogLevel:{category}"] = "Trace" }, provider: new ListeningProvider());
        Assert.Equal(isWritten, host.App.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(LogLevel.Critical));
    }

    /// <summary>One that would write everything.</summary>
    private sealed class ListeningProvider : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
