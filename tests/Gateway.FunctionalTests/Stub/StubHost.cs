using System.Net.Http.Json;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Stub;

/// <summary>A transcoder of its own for one test class, on a free loopback port, with a clock that stands still.</summary>
public sealed class StubHost : IAsyncLifetime
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);

    private WebApplication? _app;

    public ManualTimeProvider Clock { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public string Url => _app!.Urls.Single();

    public async ValueTask InitializeAsync()
    {
        _app = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0"], builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(Clock);
            builder.Logging.ClearProviders();
        });
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(30) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app!.DisposeAsync();
    }

    public T Part<T>() where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Switches faults as a test outside the process would: over HTTP.</summary>
    public async Task PutFaultsAsync(params object[] rules)
    {
        using var answer = await Client.PutAsJsonAsync("/_stub/faults", rules);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until the stub has got so many requests for media.</summary>
    public async Task SeenAsync(int requests)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (Part<RequestLog>().Snapshot().Count < requests)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_deadline, "The requests did not arrive.");
            await Task.Delay(s_look, TimeProvider.System);
        }
    }

    /// <summary>Moves the clock again and again until the task ends: the first step may come before the stub has begun to wait for it.</summary>
    public async Task<T> WhileTimePassesAsync<T>(Task<T> task, TimeSpan step)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_deadline, "Nothing came, although time passed.");
            Clock.Advance(step);
            await Task.WhenAny(task, Task.Delay(s_look, TimeProvider.System));
        }

        return await task;
    }
}
