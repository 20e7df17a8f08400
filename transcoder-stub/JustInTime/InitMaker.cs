using System.Security.Cryptography;
using System.Text;
using TranscoderStub.Encoders;
using TranscoderStub.Packaging;

namespace TranscoderStub.JustInTime;

/// <summary>
/// Initialisation sections. They depend on the encoder's settings and not on the source, so each is made once from a frame of nothing, in about a tenth
/// of a second and before anything of the source is read, and is then shared by all titles of that shape.
/// </summary>
internal sealed class InitMaker(EncoderServices services)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    // Protects the makings under way.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<MadeSegment>> _making = new(StringComparer.Ordinal);

    public async Task<MadeSegment> GetAsync(TitlePlan plan, Rendition rendition, CancellationToken gone)
    {
        if (rendition.Container == SegmentContainer.WebM) return MadeSegment.Of(WebMPackager.Init(rendition));
        var arguments = EncodeArguments.ForInit(plan, rendition, services.Encoding);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', arguments)));
        var key = $"init/{Convert.ToHexStringLower(hash.AsSpan(0, 16))}";
        if (await services.Store.FindAsync(key, gone) is { } kept) return kept;
        Task<MadeSegment> making;
        lock (_lock)
        {
            // It runs on its own: who leaves leaves the others their answer.
            if (!_making.TryGetValue(key, out making!)) _making[key] = making = Task.Run(() => MakeAsync(key, rendition, arguments), CancellationToken.None);
        }

        return await making.WaitAsync(gone);
    }

    private async Task<MadeSegment> MakeAsync(string key, Rendition rendition, IReadOnlyList<string> arguments)
    {
        try
        {
            using var deadline = new CancellationTokenSource(s_deadline, services.Time);
            using var slot = await services.Slots.EnterAsync(() => false, deadline.Token);
            await using var process = services.Tools.Start("ffmpeg", arguments);
            var reader = new PacketReader(process.Output, 1 << 20);
            await reader.NextAsync(deadline.Token);
            var made = MadeSegment.Of(CmafInit.Of(rendition, reader.Movie ?? throw new EndOfStreamException()));
            await services.Store.KeepAsync(key, made.Body.ReadAll(), made.Hash);
            return made;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OperationCanceledException)
        {
            throw TranscodeException.EncoderFailed("The encoder gave no initialisation section.", e is OperationCanceledException);
        }
        finally
        {
            lock (_lock) _making.Remove(key);
        }
    }
}
