namespace TranscoderStub.Faults;

/// <summary>The connection ends without an answer: as near to a refused connection as one path of a server that listens can come.</summary>
internal sealed class RefuseFault : IFault
{
    private static readonly object s_ended = new();

    public Task RunAsync(HttpContext context, RequestDelegate next)
    {
        End(context);
        return Task.CompletedTask;
    }

    /// <summary>Ends the connection from this side, and remembers that, so that the request log does not tell of a client that hung up.</summary>
    public static void End(HttpContext context)
    {
        context.Items[s_ended] = true;
        context.Abort();
    }

    public static bool Ended(HttpContext context) => context.Items.ContainsKey(s_ended);
}
