using TranscoderStub.Access;
using TranscoderStub.Transcodes;

namespace TranscoderStub.Streams;

/// <summary><c>POST /process_stream_chunk</c>; it answers when the segment is written.</summary>
internal static class StreamEndpoints
{
    private const int MaxBody = 64 << 10;

    /// <exception cref="StartRefusedException">A knob is wrong.</exception>
    public static void AddStreams(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton(Knobs.Bind<StreamOptions>(builder.Configuration, "Streams")).AddSingleton<ChunkPackager>().AddSingleton<StreamChunks>();

    public static void MapStreams(this WebApplication app) => app.MapGroup("").AddEndpointFilter<ProblemFilter>().Under(AccessRule.Key).WithMetadata(new RequestSizeLimit(MaxBody))
        .MapPost("/process_stream_chunk", async (StreamChunkRequest request, StreamChunks chunks, HttpContext context) =>
        {
            await chunks.ProcessAsync(request, context.RequestAborted);
            return TypedResults.Ok(new { session_id = request.SessionId, index = request.Index, mode = request.Mode ?? "sbs" });
        });
}
