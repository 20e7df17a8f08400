using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Gateway.Load.Links;

/// <summary>
/// One exchange over sockets. The reading runs on threads of the pool and only counts; what players see changes on the loop's thread, in two events: head and end. The
/// body can be read while the end is told, and no longer.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The loop may cancel at the moment at which the reading ends; a source without a timer holds nothing that has to be given back.")]
internal sealed class HttpTransfer : Transfer, IScheduled
{
    private const long Head = 0;
    private const long Last = 1;
    private const int BufferBytes = 32 * 1024;

    // Manifests of a day are a few megabytes; what is larger is a mistake of the other side.
    private const int LargestKept = 32 << 20;

    /// <summary>For requests without a patience of their own: longer than any player waits, short enough that a dead server is told within a run.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);

    private readonly HttpTransport _transport;
    private readonly ITransferListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private long _received;
    private Deadline? _deadline;
    private Reply? _head;
    private Outcome? _outcome;

    public HttpTransfer(HttpTransport transport, in TransferRequest request, ITransferListener listener, int tag)
    {
        _transport = transport;
        _listener = listener;
        Request = request;
        Tag = tag;
        SentAt = transport.Loop.Now;
    }

    public override long Received => Interlocked.Read(ref _received);

    public void Begin()
    {
        _deadline = new Deadline(this);
        var patience = Request.Patience ?? s_longest;
        _transport.Loop.Schedule(SentAt + (Request.FirstBytePatience is { } first && first < patience ? first : patience), _deadline, 0);
        _ = RunAsync();
    }

    public override void Cancel()
    {
        if (IsOver) return;
        End = TransferEnd.Cancelled;
        EndedAt = _transport.Loop.Now;
        _deadline!.Release();
        _stop.Cancel();
    }

    public void Fire(long tag)
    {
        if (IsOver) return;
        if (_head is not null && BeganAt is null) TakeHead();
        if (tag == Last && !IsOver) Finish(_outcome!);
    }

    private void RunOutOfPatience()
    {
        if (IsOver) return;
        var last = SentAt + (Request.Patience ?? s_longest);
        if (_head is not null && _transport.Loop.Now < last)
        {
            _transport.Loop.Schedule(last, _deadline!, 0);
            return;
        }

        Finish(new Outcome(TransferEnd.TimedOut, _transport.Loop.Now, default, null));
        _stop.Cancel();
    }

    private void TakeHead()
    {
        var head = _head!;
        (BeganAt, Status, Length, Fields) = (head.At, head.Status, head.Length, head.Fields);
        _listener.Began(this);
    }

    private void Finish(Outcome outcome)
    {
        _deadline!.Release();
        (End, EndedAt, Body, HasKnownBytes) = (outcome.End, outcome.At, outcome.Body, outcome.HasKnownBytes);
        if (End == TransferEnd.Complete && Status >= 400 && !Body.IsEmpty) Fields = Fields with { ProblemCode = CodeOf(Body) };
        if (!Request.KeepBody) Body = default;
        _listener.Ended(this);
        // Players keep their last exchanges; a playlist of an hour would be most of what a player weighs.
        (Body, _outcome, _head) = (default, null, null);
    }

    private async Task RunAsync()
    {
        Outcome outcome;
        try
        {
            outcome = await ExchangeAsync();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or UriFormatException)
        {
            outcome = new Outcome(_head is null ? TransferEnd.NoAnswer : TransferEnd.Broken, _transport.Loop.Now, default, null);
        }

        _outcome = outcome;
        _transport.Loop.Post(this, Last);
    }

    private async Task<Outcome> ExchangeAsync()
    {
        using var message = Message();
        if (_transport.Link is { } line) await Task.Delay(line.Options.RoundTrip, TimeProvider.System, _stop.Token);
        using var answer = await _transport.Invoker.SendAsync(message, _stop.Token);
        var status = (int)answer.StatusCode;
        var keeps = Request.KeepBody || status >= 400;
        var kept = keeps ? new ArrayBufferWriter<byte>() : null;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(_stop.Token);
            await using var paced = _transport.Link is { } link ? new PacedStream(body, link.Open()) : body;
            var known = status is >= 200 and < 300 ? Request.Known : null;
            var isTrue = true;
            var at = 0L;
            int read;
            while ((read = await paced.ReadAsync(buffer.AsMemory(0, BufferBytes), _stop.Token)) > 0)
            {
                Interlocked.Add(ref _received, read);
                Began(answer, status);
                if (known is not null && isTrue) isTrue = known.Has(at, buffer.AsSpan(0, read));
                at += read;
                if (kept is null) continue;
                if (kept.WrittenCount + read > LargestKept) throw new IOException("The body is larger than any manifest.");
                kept.Write(buffer.AsSpan(0, read));
            }

            Began(answer, status);
            return new Outcome(TransferEnd.Complete, _transport.Loop.Now, kept?.WrittenMemory ?? default, known is null ? null : isTrue);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // With the first byte of the body, as a player sees it; a body without bytes begins with its end.
    private void Began(HttpResponseMessage answer, int status)
    {
        if (_head is not null) return;
        _head = new Reply(_transport.Loop.Now, status, answer.Content.Headers.ContentLength, FieldsOf(answer));
        _transport.Loop.Post(this, Head);
    }

    private HttpRequestMessage Message()
    {
        var url = new StringBuilder(Request.Root).Append(Request.Path);
        var separator = Request.Path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        if (Request.Directives is { } directives)
        {
            url.Append(separator).Append(directives);
            separator = '&';
        }

        if (Request.Cmcd is { } cmcd) url.Append(separator).Append("CMCD=").Append(Uri.EscapeDataString(cmcd));
        var message = new HttpRequestMessage(Request.Method is { } method ? new HttpMethod(method) : HttpMethod.Get, url.ToString());
        if (Request.Range is { } range) message.Headers.TryAddWithoutValidation("Range", range.ToString());
        if (Request.Token is { } token) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (Request.Json is { } json) message.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return message;
    }

    private ReplyFields FieldsOf(HttpResponseMessage answer)
    {
        var fields = new ReplyFields
        {
            CmsdStatic = Field(answer, "CMSD-Static"),
            CmsdDynamic = Field(answer, "CMSD-Dynamic"),
            RetryAfter = Field(answer, "Retry-After"),
            ServedFrom = Known(Field(answer, "X-Served-From")),
            SessionId = Field(answer, "X-Session-Id"),
            FinalUrl = Request.Kind == TransferKind.Manifest ? Redirected(answer.RequestMessage?.RequestUri) : null,
        };
        return fields == ReplyFields.None ? ReplyFields.None : fields;
    }

    /// <summary>Where a manifest came from when it is not where it was asked for; its query is none of what its references are resolved against.</summary>
    private string? Redirected(Uri? final)
    {
        if (final is null) return null;
        var query = Request.Path.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? Request.Path : Request.Path[..query];
        var came = final.GetLeftPart(UriPartial.Path);
        return string.Equals(came, Request.Root + path, StringComparison.OrdinalIgnoreCase) ? null : came;
    }

    private static string? Field(HttpResponseMessage answer, string name) => answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    // One string for each word, however many segments carry it.
    private static string? Known(string? source) => source switch { "buffer" => "buffer", "cache" => "cache", "origin" => "origin", _ => source };

    private static string? CodeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String ? code.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The loop keeps an event until its moment, here two minutes after the request: one that held the exchange with its body would make each player as heavy as all that
    /// it asked for meanwhile.
    /// </summary>
    private sealed class Deadline(HttpTransfer transfer) : IScheduled
    {
        private HttpTransfer? _transfer = transfer;

        public void Fire(long tag) => _transfer?.RunOutOfPatience();

        public void Release() => _transfer = null;
    }

    private sealed record Reply(TimeSpan At, int Status, long? Length, ReplyFields Fields);

    private sealed record Outcome(TransferEnd End, TimeSpan At, ReadOnlyMemory<byte> Body, bool? HasKnownBytes);
}
