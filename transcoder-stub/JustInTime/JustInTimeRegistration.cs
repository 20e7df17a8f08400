using System.Security.Cryptography;
using System.Text;
using TranscoderStub.Access;
using TranscoderStub.Encoders;
using TranscoderStub.Probing;
using TranscoderStub.Sources;
using TranscoderStub.Transcodes;

namespace TranscoderStub.JustInTime;

internal static class JustInTimeRegistration
{
    /// <summary>Everything that makes segments when they are asked for. Nothing of it runs before somebody asks.</summary>
    /// <exception cref="StartRefusedException">A knob is wrong, or the folder of made segments cannot be written.</exception>
    public static void AddJustInTime(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        Knobs.Alias(configuration, "Transcoder:JustInTime:SegmentSeconds", "SEGMENTED_LOCAL_SEG_DURATION_SEC");
        Knobs.Alias(configuration, "Transcoder:JustInTime:FragmentRatio", "SEGMENTED_DASH_FRAGMENT_DURATION_RATIO");
        Knobs.Alias(configuration, "Transcoder:Store:Path", "SEGMENTED_STREAMING_CACHE_PATH", "TRANSCODE_CACHE_PATH");
        var api = Knobs.Bind<ApiOptions>(configuration, "Api");
        var sources = Knobs.Bind<SourceOptions>(configuration, "Sources");
        if (sources.Library.Length > 0 && !Directory.Exists(sources.Library))
            throw new StartRefusedException($"Transcoder:Sources:Library: there is no folder '{sources.Library}'.");

        var services = builder.Services;
        services.AddSingleton(api).AddSingleton<ApiAccess>().AddSingleton(sources);
        services.AddSingleton(Knobs.Bind<EncodingOptions>(configuration, "Encoding"));
        services.AddSingleton(Knobs.Bind<JustInTimeOptions>(configuration, "JustInTime"));
        services.AddSingleton(Knobs.Bind<SegmentStoreOptions>(configuration, "Store"));
        services.AddSingleton<FfmpegTools>().AddSingleton<EncoderSlots>().AddSingleton<WorkCounters>().AddSingleton<Demand>().AddSingleton<SegmentStore>().AddSingleton<EncoderServices>();
        services.AddSingleton<MediaLibrary>().AddSingleton<MediaProber>().AddSingleton<SourceRelay>().AddSingleton<Holders>();
        services.AddSingleton(_ => new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
        { Timeout = TimeSpan.FromSeconds(30) });
        services.AddSingleton(provider => new TitleTable(
            provider.GetRequiredService<JustInTimeOptions>(), provider.GetRequiredService<MediaProber>(), provider.GetRequiredService<EncoderServices>(),
            api.Key.Length > 0 ? SHA256.HashData(Encoding.UTF8.GetBytes($"transcode ids {api.Key}")) : RandomNumberGenerator.GetBytes(32)));
    }
}
