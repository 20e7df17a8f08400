namespace TranscoderStub.Faults;

/// <summary>All bodies that the rule matches share one line: a slice of any of them leaves when the line has carried what came before it.</summary>
internal sealed class CapFault(int bytesPerSecond, TimeProvider time) : IFault
{
    // Protects the moment from which on the line is free.
    private readonly Lock _lock = new();
    private DateTimeOffset _free = DateTimeOffset.MinValue;

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        var slice = Math.Max(1, bytesPerSecond / 20);
        context.Response.Body = new SlicedBody(body, async (bytes, stop) =>
        {
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(slice, bytes.Length)..])
            {
                var now = bytes[..Math.Min(slice, bytes.Length)];
                var wait = Reserve(now.Length);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stop);
                await body.WriteAsync(now, stop);
                await body.FlushAsync(stop);
            }
        });
        await next(context);
    }

    // How long until the line has carried these bytes, too.
    private TimeSpan Reserve(int bytes)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_free < now) _free = now;
            _free += TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
            return _free - now;
        }
    }
}
