using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.FunctionalTests.Common;
using Gateway.FunctionalTests.Rollout;
using Gateway.Sessions.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.FunctionalTests.Load;

/// <summary><c>load -- contract</c> against a real gateway.</summary>
public sealed class ContractTests
{
    [Fact]
    public async Task Suite_OfTheGateway_PassesLeavesNothingAndOpensStageOne()
    {
        await using var fixture = await GatewayWithStub.StartAsync();
        var json = Path.GetTempFileName();
        try
        {
            var (code, told) = await RunAsync("contract", "--target", fixture.Url.ToString(), "--admin-key", GatewayWithStub.OperatorKey, "--record", "--json", json);
            Assert.True(code == 0, told);
            var report = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(json));
            Assert.Equal(0, report.GetProperty("failed").GetInt32());
            Assert.Equal(report.GetProperty("checks").GetArrayLength(), report.GetProperty("passed").GetInt32() + report.GetProperty("skipped").GetInt32());
            // What it opened it has ended.
            Assert.Empty(fixture.Part<SessionRegistry>().All);
            // Stage 0 may be left now.
            await RolloutApi.ChangeAsync(fixture.Client, new { stage = 1 });
        }
        finally
        {
            File.Delete(json);
        }
    }

    [Fact]
    public async Task Suite_WithAToken_ChecksThatNobodyComesInWithout()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, ControlPlane.KeySet);
            await using var fixture = await GatewayWithStub.StartAsync("--Gateway:Access:Mode=Token", $"--Gateway:Access:Jwks={keys}");
            var (code, told) = await RunAsync("contract", "--target", fixture.Url.ToString(), "--token", ControlPlane.TokenOf("suite", ",\"media\":[\"demo/**\"]").Parameter!);
            Assert.True(code == 0, told);
            Assert.Contains("pass  session: a create without a credential is refused", told, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(keys);
        }
    }

    [Fact]
    public async Task Suite_BehindAServerThatDropsFields_FailsByTheirNames()
    {
        await using var fixture = await GatewayWithStub.StartAsync(builder => builder.Services.AddSingleton<IStartupFilter>(new Dropping()));
        var (code, told) = await RunAsync("contract", "--target", fixture.Url.ToString(), "--admin-key", GatewayWithStub.OperatorKey, "--record");
        Assert.Equal(2, code);
        Assert.Contains("FAIL  segment: a range is answered with just that, and where it came from: X-Served-From is ''", told, StringComparison.Ordinal);
        Assert.Contains("pass  segment: POST is refused", told, StringComparison.Ordinal);
        Assert.False((await RolloutApi.ReadAsync(fixture.Client)).State.TryGetProperty("contractPassedAt", out _));
        Assert.Empty(fixture.Part<SessionRegistry>().All);
    }

    [Fact]
    public async Task Suite_WhereNobodyAnswers_IsAWrongCall()
    {
        Assert.Equal(1, (await RunAsync("contract", "--target", "http://127.0.0.1:9")).Code);
        Assert.Equal(1, (await RunAsync("contract", "--target", "ftp://media")).Code);
        Assert.Equal(1, (await RunAsync("contract", "--target", "http://127.0.0.1:9", "--record")).Code);
    }

    internal static async Task<(int Code, string Told)> RunAsync(params string[] args)
    {
        using var told = new StringWriter(CultureInfo.InvariantCulture);
        var code = await Gateway.Load.Program.RunAsync(args, new InvocationConfiguration { Output = told, Error = told }, TestContext.Current.CancellationToken);
        return (code, told.ToString());
    }

    /// <summary>A server in front that knows better which fields are needed.</summary>
    private sealed class Dropping : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, go) =>
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.Remove("X-Served-From");
                    return Task.CompletedTask;
                });
                return go(context);
            });
            next(app);
        };
    }
}
