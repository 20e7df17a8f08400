using TranscoderStub.Access;
using TranscoderStub.Encoders;
using TranscoderStub.Faults;
using TranscoderStub.JustInTime;
using TranscoderStub.Live;
using TranscoderStub.LowLatency;
using TranscoderStub.Requests;
using TranscoderStub.Streams;
using TranscoderStub.Titles;
using TranscoderStub.Transcodes;

namespace TranscoderStub;

/// <summary>Contents page of the transcoder.</summary>
public static class Program
{
    private const string DefaultUrl = "http://127.0.0.1:9090";

    private const string Usage =
        """
        Transcoder {version}
        Serves bundled HLS and DASH titles, and makes titles of any media file that ffmpeg reads while they play.

        Usage: dotnet run --project transcoder-stub -- [--urls http://0.0.0.0:9090] [--Transcoder:Section:Key=value ...]

          -h, --help       this text
          -v, --version    the version and the commit that it was built from

        Settings come from the environment (Transcoder__Store__Path=/var/made), then the command line; of these the later one wins. The ones to begin with:
          --urls                             addresses to listen at; with semicolons, several
          --Transcoder:Api:Key               bearer key of the API; without one only callers of this machine are let in
          --Transcoder:Sources:Library       folder with media files
          --Transcoder:Store:Path            folder of made segments
          --Transcoder:Store:MaxBytes        most bytes in it
          --Transcoder:Encoding:MaxEncoders  most encoders at a time

        All of them, and the API: docs/transcoder.md. The values that count are told at start.
        """;

    internal static ProgramSwitches Questions { get; } = new(Usage, [.. ProgramSwitches.HostSwitches, .. KnobTable.Keys, .. KnobTable.Aliases], ["Kestrel:", "Logging:"]);

    public static async Task<int> Main(string[] args)
    {
        if (Questions.AnswerTo(args) is { } answer)
        {
            await (answer.Code == 0 ? Console.Out : Console.Error).WriteLineAsync(answer.Text);
            return answer.Code;
        }

        try
        {
            await using var app = Build(args);
            await app.StartAsync();
            Console.WriteLine($"transcoder-stub listens on {string.Join(' ', app.Urls)}; titles: {string.Join(' ', app.Urls.Select(u => $"{u}/_stub/titles"))}");
            foreach (var (section, values) in KnobTable.InEffect(app.Configuration)) Console.WriteLine($"Transcoder:{section} {string.Join(" ", values.Select(v => $"{v.Name}={v.Value}"))}");
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (e is StartRefusedException or IOException or FormatException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    /// <summary>Builds the transcoder without starting it, so that another host can run it in its process.</summary>
    /// <remarks>Begins from the empty builder: no appsettings.json and no wwwroot of whatever program it runs inside may leak in.</remarks>
    /// <exception cref="StartRefusedException">A knob or the titles folder is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var options = new WebApplicationOptions { ApplicationName = "TranscoderStub", ContentRootPath = AppContext.BaseDirectory };
        var builder = WebApplication.CreateEmptyBuilder(options);
        builder.Configuration.AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine(args);
        builder.Configuration["urls"] ??= DefaultUrl;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // A refused start is told by Main in one line; the host would tell it once more, with a stack trace.
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddRoutingCore().AddCors().AddProblemDetails();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<RequestLog>().AddSingleton<FaultTable>();
        builder.AddJustInTime();
        builder.AddStreams();
        adjust?.Invoke(builder);

        var catalog = TitleCatalog.Load(Knobs.Bind<TitlesOptions>(builder.Configuration, "Titles"));
        var liveOptions = Knobs.Bind<LiveOptions>(builder.Configuration, "Live");
        LiveTitle[] live = [.. catalog.Looped.Select(t => LiveTitle.Of(t, catalog, liveOptions)).OfType<LiveTitle>()];
        var lowLatencyOptions = Knobs.Bind<LowLatencyOptions>(builder.Configuration, "LowLatency");
        LowLatencyTitle[] lowLatency = [.. live.Select(l => LowLatencyTitle.Of(l, lowLatencyOptions)).OfType<LowLatencyTitle>()];

        var app = builder.Build();
        app.Services.GetRequiredService<SegmentStore>().Open();
        if (!app.Services.GetRequiredService<FfmpegTools>().Present) EncoderLog.Missing(app.Logger, FfmpegTools.MissingLine);
        // Whoever waits for a segment when the program ends is told at once, instead of holding the end up.
        var made = app.Services.GetRequiredService<TitleTable>();
        app.Lifetime.ApplicationStopping.Register(() => _ = made.DisposeAsync().AsTask());
        // Pages may read media. They may not start, change or end anything, nor read what was asked for: without a key the API trusts callers of this machine, and a browser is one.
        app.UseWhen(IsReadOfMedia, media => media.UseCors(cors => cors.AllowAnyOrigin().AllowAnyHeader().WithMethods(HttpMethods.Get, HttpMethods.Head)
            .WithExposedHeaders("Content-Length", "Content-Range", "Date", "ETag", "Age", "Retry-After",
                "X-Sample-Rate", "X-Total-Samples", "X-Playable-Samples", "X-Overlap-Samples", "X-Start-Sample-Offset")));
        app.UseRequestLog();
        app.UseApiAccess();
        app.UseFaults();
        app.MapGet("/healthz", () => "ok");
        app.MapTranscodes();
        app.MapMadeMedia();
        app.MapStreams();
        app.MapTitles(catalog);
        app.MapLive(live);
        app.MapLowLatency(lowLatency);
        var controls = app.MapGroup("").Under(AccessRule.Key);
        controls.MapRequestLog();
        controls.MapFaults();
        controls.MapGet("/_stub/titles", () => catalog.Titles.Concat(live.Select(l => l.Title)).Concat(lowLatency.Select(l => l.Title)));
        return app;
    }

    // A question about POST is left without an answer: lists of methods do not keep it out, since every page may send it anyhow (Fetch, CORS-safelisted methods), and only its JSON needs the question.
    private static bool IsReadOfMedia(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path);
        if (path.StartsWithSegments("/_stub", StringComparison.Ordinal) || path == "/profiles") return false;
        var method = HttpMethods.IsOptions(request.Method) ? request.Headers.AccessControlRequestMethod.ToString() : request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
    }
}
