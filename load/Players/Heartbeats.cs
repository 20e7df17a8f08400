using System.Text.Json.Nodes;
using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary><c>POST …/heartbeat</c> at every interval while a session is known, as clients do that want theirs kept without asking for media.</summary>
internal sealed class Heartbeats(Player player, TimeSpan every) : IScheduled, ITransferListener
{
    public void Begin() => player.Loop.Schedule(player.Loop.Now + every, this, 0);

    public void Fire(long tag)
    {
        if (!player.IsOpen) return;
        if (player.SessionId is { } session)
        {
            var beat = new JsonObject
            {
                ["positionSec"] = player.Position,
                ["isPlaying"] = player.Phase == PlayerPhase.Playing,
                ["bufferedUntilSec"] = player.Position + (player.Video?.Ahead ?? 0),
            };
            player.Control("POST", $"/api/v1/playback/sessions/{session}/heartbeat", beat.ToJsonString(), this);
        }

        Begin();
    }

    public void Began(Transfer transfer)
    {
    }

    public void Ended(Transfer transfer)
    {
        if (FaultKinds.Of(transfer) is { } fault) player.Tally.Fault(fault);
    }
}
