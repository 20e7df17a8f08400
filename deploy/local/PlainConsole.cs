using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Local;

/// <summary>A log message as one line with its time, in the form of the sentences beside it; of an exception its message.</summary>
internal sealed class PlainConsole(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public PlainConsole()
        : this(TimeProvider.System)
    {
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } fault) text = $"{text}: {fault.Message}";
        textWriter.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss}  {(logEntry.LogLevel >= LogLevel.Error ? "error: " : "")}{text.ReplaceLineEndings(" ")}"));
    }
}
