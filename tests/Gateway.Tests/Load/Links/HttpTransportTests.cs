using System.Net;
using Gateway.Load.Links;
using Gateway.Media;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Tests.Load.Links;

public sealed class HttpTransportTests : IAsyncLifetime
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly RealTimeLoop _loop = new(TimeProvider.System);
    private readonly HttpMessageInvoker _invoker = HttpTransport.NewInvoker();
    private WebApplication _server = null!;
    private Task _running = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
        _running = Task.Run(() => _loop.RunAsync(_over.Token));
    }

    [Fact]
    public async Task Send_OfASegment_TellsHeadBytesAndFields()
    {
        var (transfer, began) = await SendAsync(Request("/bytes") with { Range = new ByteRange(10, 5), Cmcd = "sid=\"a b\"", Directives = "_HLS_msn=3", Token = "t" });
        Assert.True(transfer.Succeeded && began);
        Assert.Equal((200, 3, 3L), (transfer.Status, transfer.Received, transfer.Length));
        Assert.Equal("buffer", transfer.Fields.ServedFrom);
        Assert.Equal("bytes=10-14|?_HLS_msn=3&CMCD=sid%3D%22a%20b%22|Bearer t", transfer.Fields.SessionId);
        Assert.Null(transfer.HasKnownBytes);
        Assert.True(transfer.Body.IsEmpty);
        Assert.True(transfer.SentAt <= transfer.BeganAt && transfer.BeganAt <= transfer.EndedAt);
    }

    [Theory]
    [InlineData("abc", true)]
    [InlineData("abd", false)]
    [InlineData("abcd", true)]
    [InlineData("ab", false)]
    public async Task Send_OfWhatIsKnown_TellsWhetherItsBytesAreThose(string known, bool expected)
    {
        var (transfer, _) = await SendAsync(Request("/bytes") with { Known = new KnownContent(System.Text.Encoding.ASCII.GetBytes(known), 0, known.Length) });
        Assert.Equal(expected, transfer.HasKnownBytes);
    }

    [Fact]
    public async Task Send_OfAManifest_KeepsItsBody()
    {
        var listener = new Listener();
        await OnLoopAsync(() => new HttpTransport(_loop, _invoker, null).Send(Request("/bytes") with { KeepBody = true }, listener, 1));
        var transfer = await listener.Ending.WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        Assert.Equal("abc"u8, listener.Body);
    }

    [Fact]
    public async Task Send_RefusedWithAProblem_TellsItsCode()
    {
        var (transfer, _) = await SendAsync(Request("/problem"));
        Assert.Equal((TransferEnd.Complete, 503, "STREAMING_DRAINING", "7"), (transfer.End, transfer.Status, transfer.Fields.ProblemCode, transfer.Fields.RetryAfter));
        Assert.False(transfer.Succeeded);
    }

    [Fact]
    public async Task Send_OfABodyThatBreaks_IsBroken()
    {
        var listener = new Listener();
        await OnLoopAsync(() => new HttpTransport(_loop, _invoker, null).Send(Request("/broken"), listener, 1));
        await listener.Beginning.WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        _goOn.SetResult();
        var transfer = await listener.Ending.WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        Assert.Equal((TransferEnd.Broken, 200, 2L), (transfer.End, transfer.Status, transfer.Received));
    }

    [Fact]
    public async Task Send_ToNobody_HasNoAnswer()
    {
        var (transfer, began) = await SendAsync(Request("/bytes") with { Root = "http://127.0.0.1:1" });
        Assert.Equal((TransferEnd.NoAnswer, false, 0), (transfer.End, began, transfer.Status));
    }

    [Fact]
    public async Task Send_WithPatienceThatEnds_IsTimedOut()
    {
        var (transfer, began) = await SendAsync(Request("/wait") with { Patience = TimeSpan.FromMilliseconds(50) });
        Assert.Equal((TransferEnd.TimedOut, false), (transfer.End, began));
    }

    [Fact]
    public async Task Send_WithoutAFirstByteInItsTime_IsTimedOut()
    {
        var (transfer, began) = await SendAsync(Request("/wait") with { FirstBytePatience = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromMinutes(1) });
        Assert.Equal((TransferEnd.TimedOut, false), (transfer.End, began));
    }

    [Fact]
    public async Task Cancel_OfARequestUnderWay_TellsTheListenerNothingMore()
    {
        var listener = new Listener();
        var transfer = await OnLoopAsync(() =>
        {
            var sent = new HttpTransport(_loop, _invoker, null).Send(Request("/wait"), listener, 1);
            sent.Cancel();
            return sent;
        });
        Assert.Equal(TransferEnd.Cancelled, transfer.End);
        _goOn.SetResult();
        // Whatever was still to come has come when a later request is over.
        await SendAsync(Request("/bytes"));
        Assert.False(listener.Ending.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        _goOn.TrySetResult();
        await _over.CancelAsync();
        await _running;
        _invoker.Dispose();
        _loop.Dispose();
        _over.Dispose();
        await _server.DisposeAsync();
    }

    private TransferRequest Request(string path) => new() { Kind = TransferKind.Segment, Root = _server.Urls.First(), Path = path, Method = "GET" };

    private async Task<(Transfer Transfer, bool Began)> SendAsync(TransferRequest request)
    {
        var listener = new Listener();
        await OnLoopAsync(() => new HttpTransport(_loop, _invoker, null).Send(request, listener, 1));
        var transfer = await listener.Ending.WaitAsync(s_deadline, TestContext.Current.CancellationToken);
        return (transfer, listener.Beginning.IsCompleted);
    }

    private async Task<T> OnLoopAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new Deed(() => done.SetResult(work())), 0);
        return await done.Task.WaitAsync(s_deadline, TestContext.Current.CancellationToken);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, answer) = (context.Request, context.Response);
        switch (request.Path.Value)
        {
            case "/wait":
                await _goOn.Task;
                break;
            case "/problem":
                answer.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                answer.Headers.RetryAfter = "7";
                await answer.WriteAsync("""{"code":"STREAMING_DRAINING"}""");
                break;
            case "/broken":
                answer.ContentLength = 100;
                await answer.WriteAsync("ab");
                await answer.Body.FlushAsync();
                await _goOn.Task;
                context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
                break;
            default:
                answer.Headers["X-Served-From"] = "buffer";
                answer.Headers["X-Session-Id"] = $"{request.Headers.Range}|{request.QueryString}|{request.Headers.Authorization}";
                answer.ContentLength = 3;
                await answer.WriteAsync("abc");
                break;
        }
    }

    private sealed class Deed(Action work) : IScheduled
    {
        public void Fire(long tag) => work();
    }

    private sealed class Listener : ITransferListener
    {
        private readonly TaskCompletionSource<Transfer> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Beginning => _began.Task;

        public Task<Transfer> Ending => _ended.Task;

        public void Began(Transfer transfer) => _began.SetResult();

        public byte[] Body { get; private set; } = [];

        public void Ended(Transfer transfer)
        {
            Body = transfer.Body.ToArray();
            _ended.SetResult(transfer);
        }
    }
}
