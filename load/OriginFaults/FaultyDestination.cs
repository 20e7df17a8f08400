using System.Collections.Concurrent;
using Gateway.Load.Targets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Load.OriginFaults;

/// <summary>One destination of the origin that fails by plan: made-up titles over HTTP in the tester's own process.</summary>
internal sealed class FaultyDestination : IAsyncDisposable
{
    /// <summary>Finer than any player can tell.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly WebApplication _app;
    private readonly FaultPlan _plan;
    private readonly int _number;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<HttpContext, bool> _open = new();
    private readonly ITimer _death;
    private long _began;
    private volatile bool _hasBegun;

    private FaultyDestination(FaultPlan plan, int number, SyntheticOrigin titles, TimeProvider time)
    {
        (_plan, _number, _time) = (plan, number, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Use(FailAsync);
        titles.Map(_app);
        _death = time.CreateTimer(_ => Die(), null, s_look, s_look);
    }

    /// <summary>Without a slash at its end.</summary>
    public string Url => _app.Urls.First();

    public static async Task<FaultyDestination> StartAsync(FaultPlan plan, int number, SyntheticOrigin titles, TimeProvider time, CancellationToken stop)
    {
        var destination = new FaultyDestination(plan, number, titles, time);
        try
        {
            await destination._app.StartAsync(stop);
            return destination;
        }
        catch
        {
            await destination.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on it fails.</summary>
    public void Begin()
    {
        _began = _time.GetTimestamp();
        _hasBegun = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _death.DisposeAsync();
        await _app.DisposeAsync();
    }

    private TimeSpan DeadFor() => _hasBegun ? _plan.DeadFor(_number, _time.GetElapsedTime(_began)) : TimeSpan.Zero;

    private async Task FailAsync(HttpContext context, RequestDelegate next)
    {
        _open[context] = true;
        try
        {
            if (DeadFor() is { Ticks: > 0 } dead)
            {
                await Task.Delay(dead, _time, context.RequestAborted);
                context.Abort();
                return;
            }

            var path = context.Request.Path.Value ?? "/";
            if (_hasBegun && path.EndsWith(".m4s", StringComparison.Ordinal) && HttpMethods.IsGet(context.Request.Method))
            {
                var (late, sent) = _plan.Of(_number, path, _asked.AddOrUpdate(path, 0, static (_, n) => n + 1));
                if (late > TimeSpan.Zero) await Task.Delay(late, _time, context.RequestAborted);
                if (sent < 1) context.Features.Set(new SyntheticOrigin.SentShare(sent));
            }

            await next(context);
        }
        catch (OperationCanceledException)
        {
            // The client has left.
        }
        finally
        {
            _open.TryRemove(context, out _);
        }
    }

    /// <summary>What is under way when it dies breaks; what comes later hangs.</summary>
    private void Die()
    {
        if (DeadFor() is var left && (left == TimeSpan.Zero || left < TimeSpan.FromSeconds(_plan.DeadSeconds) - (s_look * 2))) return;
        foreach (var context in _open.Keys)
        {
            if (_open.TryRemove(context, out _)) context.Abort();
        }
    }
}
