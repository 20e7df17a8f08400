namespace TranscoderStub;

/// <summary>Contents page of the transcoder.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        await using var app = Build(args);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the transcoder without starting it, so that another host can run it in its process.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        adjust?.Invoke(builder);
        return builder.Build();
    }
}
