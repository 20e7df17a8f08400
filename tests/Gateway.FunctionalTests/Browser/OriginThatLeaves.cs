using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Gateway.FunctionalTests.Browser;

/// <summary>An origin that is away from the first request for a segment on, whatever is asked of it: each connection ends without an answer, until the test says that it is back.</summary>
/// <param name="segment">End of the segment's path.</param>
internal sealed class OriginThatLeaves(string segment) : IStartupFilter
{
    private const int There = 0;
    private const int Away = 1;
    private const int Back = 2;

    private int _state;

    public void Return() => Volatile.Write(ref _state, Back);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, following) =>
        {
            if (context.Request.Path.Value!.EndsWith(segment, StringComparison.Ordinal)) Interlocked.CompareExchange(ref _state, Away, There);
            if (Volatile.Read(ref _state) == Away) context.Abort();
            else await following(context);
        });
        next(app);
    };
}
