namespace Gateway;

/// <summary>Contents page: what is registered, and the rooms in the order in which a request walks through them.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        await using var app = Build(args);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the gateway without starting it, so that another host (the local demo, a test) can run it in its process.</summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        adjust?.Invoke(builder);
        return builder.Build();
    }
}
