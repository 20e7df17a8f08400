using System.Buffers;
using Gateway.Configuration;
using Microsoft.Extensions.Options;

namespace Gateway.Telemetry.Events;

/// <summary>
/// The back of the event log: one loop that takes lines from the queue and writes them in batches to the console and the file.
/// </summary>
/// <remarks>
/// It owns both streams; nobody else touches them. A destination that fails, for whatever reason, loses that batch (counted) and is tried again after
/// <see cref="RetryDelay"/>; the other one goes on, and so does the host. Stop order: the web server stops first, so that its last events are queued; then the
/// queue is closed, drained and flushed within the host's shutdown time.
/// </remarks>
internal sealed partial class EventLogWriter : BackgroundService
{
    /// <summary>How long a destination that failed is left alone.</summary>
    internal static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private const int BatchBytes = 64 * 1024;

    private readonly EventLog _log;
    private readonly TimeProvider _clock;
    private readonly TelemetryMetrics _metrics;
    private readonly ILogger<EventLogWriter> _logger;
    private readonly string? _path;
    private readonly Stream? _console;
    private readonly EventFile? _file;
    private readonly byte[] _batch = new byte[BatchBytes];
    private readonly EventSentences? _sentences;
    private readonly ArrayBufferWriter<byte> _text = new();
    private DateTimeOffset _consoleRestsUntil;
    private DateTimeOffset _fileRestsUntil;

    public EventLogWriter(
        EventLog log, IOptions<TelemetryOptions> options, TimeProvider clock, TelemetryMetrics metrics, EventConsole console, ILogger<EventLogWriter> logger)
    {
        var knobs = options.Value;
        _log = log;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        if (knobs.WritesToConsole) _console = console();
        if (knobs.ConsoleFormat == ConsoleFormat.Text) _sentences = new EventSentences();
        if (!knobs.WritesToFile) return;
        _path = knobs.EventsFile;
        _file = new EventFile(knobs.EventsFile, knobs.EventsFileMaxBytes, knobs.EventsFileCount);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _file?.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new WrongConfigurationException([$"Gateway:Telemetry:EventsFile: '{_path}' cannot be written ({e.Message.TrimEnd('.')}). Name a file in a folder that this process may write."]);
        }

        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _log.Complete();
        if (ExecuteTask is { } loop) await loop.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
        await LetGoAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the stopping token: it is signalled before the queue is drained.
        while (await _log.Lines.WaitToReadAsync(CancellationToken.None))
        {
            var length = 0;
            var lines = 0;
            while (_log.Lines.TryRead(out var line))
            {
                if (length + line.Bytes.Length > _batch.Length)
                {
                    await WriteAsync(_batch.AsMemory(0, length), lines);
                    length = lines = 0;
                }

                if (line.Bytes.Length > _batch.Length)
                {
                    await WriteAsync(line.Bytes, 1);
                }
                else
                {
                    line.Bytes.CopyTo(_batch.AsMemory(length));
                    length += line.Bytes.Length;
                    lines++;
                }

                line.Return();
            }

            await WriteAsync(_batch.AsMemory(0, length), lines);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> batch, int lines)
    {
        if (lines == 0) return;
        if (_console is not null && await WriteToConsoleAsync(batch, lines)) _metrics.EventsWritten(EventDestination.Console, lines);
        if (_file is not null && await WriteToFileAsync(batch, lines)) _metrics.EventsWritten(EventDestination.File, lines);
    }

    private async ValueTask<bool> WriteToConsoleAsync(ReadOnlyMemory<byte> batch, int lines)
    {
        if (_clock.GetUtcNow() >= _consoleRestsUntil)
        {
            try
            {
                await _console!.WriteAsync(ForConsole(batch));
                await _console.FlushAsync();
                return true;
            }
            catch (Exception e)
            {
                _consoleRestsUntil = _clock.GetUtcNow() + RetryDelay;
                Log.DestinationFailed(_logger, "console", e);
            }
        }

        _metrics.EventDropped(EventDrop.WriteFailed, lines);
        return false;
    }

    private ReadOnlyMemory<byte> ForConsole(ReadOnlyMemory<byte> batch)
    {
        if (_sentences is null) return batch;
        _text.ResetWrittenCount();
        _sentences.Write(batch.Span, _text);
        return _text.WrittenMemory;
    }

    private async ValueTask<bool> WriteToFileAsync(ReadOnlyMemory<byte> batch, int lines)
    {
        if (_clock.GetUtcNow() >= _fileRestsUntil)
        {
            try
            {
                await _file!.WriteAsync(batch, CancellationToken.None);
                return true;
            }
            catch (Exception e)
            {
                _fileRestsUntil = _clock.GetUtcNow() + RetryDelay;
                Log.DestinationFailed(_logger, _path!, e);
                await LetGoAsync();
            }
        }

        _metrics.EventDropped(EventDrop.WriteFailed, lines);
        return false;
    }

    private async ValueTask LetGoAsync()
    {
        try
        {
            if (_file is not null) await _file.CloseAsync();
        }
        catch (IOException)
        {
            // A full disk refuses the last bytes as it refused those before, which is logged already.
        }
    }

    // Next free id: 6002.
    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Error, "The event log cannot write to '{Destination}'; lines are dropped and counted until it can", EventName = "DestinationFailed")]
        public static partial void DestinationFailed(ILogger logger, string destination, Exception exception);
    }
}
