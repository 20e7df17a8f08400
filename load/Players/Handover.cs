using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>The viewer goes on elsewhere: <c>POST …/handoff</c> opens another session, whose manifest is played from where the reply says.</summary>
internal sealed class Handover(Player player) : ITransferListener
{
    private double _beganAt;

    /// <summary>Nothing happens while no session is known: there is nothing to hand over.</summary>
    public void Begin()
    {
        if (player.SessionId is not { } session) return;
        _beganAt = player.Position;
        player.BeginSeek(isZap: true);
        player.Playhead.Stand();
        var body = new JsonObject { ["startPositionSec"] = _beganAt };
        player.Control("POST", $"/api/v1/playback/sessions/{session}/handoff", body.ToJsonString(), this);
    }

    public void Began(Transfer transfer)
    {
    }

    public void Ended(Transfer transfer)
    {
        if (!player.IsOpen) return;
        if (FaultKinds.Of(transfer) is { } fault) player.Tally.Fault(fault);
        if (!transfer.Succeeded || !TryRead(transfer.Body.Span, out var manifest, out var position))
        {
            // The old session's URLs keep working until it ends, so the viewer stays where they are.
            player.Playhead.Look();
            return;
        }

        player.OpenInstead(manifest, position);
    }

    private bool TryRead(ReadOnlySpan<byte> body, out string manifest, out double position)
    {
        manifest = "";
        position = _beganAt;
        try
        {
            var reply = JsonNode.Parse(body);
            var isDash = player.Plan.Title.EndsWith(".mpd", StringComparison.Ordinal);
            var url = (string?)reply?[isDash ? "dashUrl" : "hlsUrl"];
            if (url is null) return false;
            if ((double?)reply!["resumeAtSec"] is { } at && double.IsFinite(at) && at >= 0) position = at;
            manifest = Uri.TryCreate(url, UriKind.Absolute, out var absolute) ? absolute.PathAndQuery : url;
            return manifest.StartsWith('/');
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
