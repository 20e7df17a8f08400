using Gateway.Load.Links;
using Gateway.Load.Players.Titles;
using Gateway.Media;

namespace Gateway.Load.Players;

/// <content>What it asks for, and what comes of that.</content>
internal sealed partial class Player
{
    /// <summary>Asks for media.</summary>
    public Transfer Ask(TransferKind kind, MediaSegment what, TrackLoader loader, int tag, Rung rung)
    {
        var request = RequestFor(kind, what.Path!) with { Range = what.Range, Patience = Rules.SegmentPatience, FirstBytePatience = Rules.FirstBytePatience, Cmcd = _cmcd?.Media(kind, what, loader, rung) };
        if (Plan.Known?.Of(request.Path) is { } known) request = request with { Known = what.Range is { } range ? known.Piece(range) : known };
        return _transport.Send(request, loader, tag);
    }

    /// <summary>Asks for a playlist or an index.</summary>
    public Transfer AskManifest(string path, ByteRange? range, string? directives, TimeSpan? patience, TimeSpan? firstByte, ITransferListener listener)
    {
        var request = RequestFor(TransferKind.Manifest, path) with
        {
            Range = range,
            Directives = directives,
            Patience = patience,
            FirstBytePatience = firstByte,
            KeepBody = true,
            Cmcd = _cmcd?.Manifest(),
        };
        return _transport.Send(request, listener, 0);
    }

    /// <summary>Path of what came: against it the references of a manifest are resolved, and after a redirect it is another than the one that was asked for.</summary>
    public string PathOf(Transfer transfer, string asked) =>
        transfer.Fields.FinalUrl is { } url && url.StartsWith(Plan.Target, StringComparison.OrdinalIgnoreCase) && url.Length > Plan.Target.Length && url[Plan.Target.Length] == '/'
            ? url[Plan.Target.Length..]
            : asked;

    /// <summary>Asks the control plane.</summary>
    public void Control(string method, string path, string? json, ITransferListener listener)
    {
        Tally.Requests++;
        var request = new TransferRequest { Kind = TransferKind.Control, Root = Plan.Target, Path = path, Method = method, Json = json, KeepBody = true, Token = Plan.Token };
        _transport.Send(request, listener, 0);
    }

    /// <summary>Counts an exchange that is over.</summary>
    public void Count(Transfer transfer, TrackLoader? loader, MediaSegment? segment, Rung? rung)
    {
        Tally.Requests++;
        Tally.Bytes += transfer.Received;
        var fault = FaultKinds.Of(transfer);
        if (fault is { } kind) Tally.Fault(kind);
        if (transfer.Fields.SessionId is { } session) SessionId = session;
        if (segment is null || loader is null || rung is null)
        {
            _observer?.Exchanged(Plan.Index, transfer);
            return;
        }

        if (transfer.Request.Kind != TransferKind.Init && transfer.Succeeded)
        {
            Tally.Segments++;
            Tally.Served(transfer.Fields.ServedFrom);
        }

        _observer?.SegmentLoaded(new SegmentLoad(
            Plan.Index, loader.IsVideo, segment.Sequence, TimeSpan.FromSeconds(segment.Start), TimeSpan.FromSeconds(segment.Duration), rung.Index, rung.Kbps,
            transfer.SentAt, transfer.BeganAt, transfer.EndedAt ?? Loop.Now, transfer.Received, transfer.Request.Kind, transfer.End, transfer.Status, transfer.Fields.ServedFrom,
            fault is PlayerFault.WrongLength or PlayerFault.WrongBytes ? false : transfer.HasKnownBytes));
    }

    private TransferRequest RequestFor(TransferKind kind, string path) =>
        path[0] == '~'
            ? new TransferRequest { Kind = kind, Root = _root, Path = path[1..], Method = "GET" }
            : new TransferRequest { Kind = kind, Root = Plan.Target, Path = path, Method = "GET", Token = Plan.Token };
}
