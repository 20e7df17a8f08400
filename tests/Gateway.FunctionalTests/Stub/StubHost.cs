using System.Net.Http.Json;
using Gateway.FunctionalTests.Common;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TranscoderStub.Requests;

namespace Gateway.FunctionalTests.Stub;

/// <summary>A transcoder of its own for one test class, on a free loopback port, with a clock that stands still.</summary>
public sealed class StubHost : IAsyncLifetime
{
    private WebApplication? _app;

    // Timers that wait in a host that serves nobody.
    private int _idle;

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
        _idle = Clock.Armed;
        Client = new HttpClient { BaseAddress = new Uri(Url), Timeout = Patience.Deadline };
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
    public Task SeenAsync(int requests) => Patience.UntilAsync(() => Task.FromResult(Part<RequestLog>().Snapshot().Count >= requests));

    /// <summary>Moves the clock by one step, once so many requests wait for it.</summary>
    public async Task StepAsync(int waiting, TimeSpan step)
    {
        await Patience.UntilAsync(() => Task.FromResult(Clock.Armed == _idle + waiting));
        Clock.Advance(step);
    }

    /// <summary>Moves the clock again and again until the task ends, for what takes as many steps as it will.</summary>
    public async Task<T> WhileTimePassesAsync<T>(Task<T> task, TimeSpan step)
    {
        await Clock.AdvanceUntilAsync(() => task.IsCompleted, step);
        return await task;
    }
}
