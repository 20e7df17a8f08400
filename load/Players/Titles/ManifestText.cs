namespace Gateway.Load.Players.Titles;

/// <summary>
/// The text of a manifest with the session taken out: the gateway writes the ticket into URLs of the first manifest, and without it the texts of all sessions of a title are
/// one, read once.
/// </summary>
/// <param name="Bytes">With <c>~</c> in the place of the ticket.</param>
/// <param name="Ticket">Null where there is none.</param>
internal readonly record struct ManifestText(byte[] Bytes, string? Ticket)
{
    /// <summary>Path of a session up to its ticket (the gateway's data plane).</summary>
    public const string SessionPath = "/api/v1/playback/";

    /// <summary>Longest ticket that is looked for.</summary>
    private const int MaxTicket = 2048;

    private static ReadOnlySpan<byte> Marker => "/api/v1/playback/"u8;

    /// <param name="body">As it came.</param>
    /// <param name="array">The array that holds just that; null when there is none yet.</param>
    public static ManifestText Of(ReadOnlySpan<byte> body, byte[]? array)
    {
        var at = body.IndexOf(Marker);
        if (at < 0) return new ManifestText(array ?? body.ToArray(), null);
        var rest = body[(at + Marker.Length)..];
        var end = rest.IndexOf((byte)'/');
        if (end is <= 0 or > MaxTicket) return new ManifestText(array ?? body.ToArray(), null);
        var ticket = rest[..end];
        var text = new List<byte>(body.Length);
        while (true)
        {
            at = body.IndexOf(Marker);
            if (at < 0) break;
            var behind = at + Marker.Length;
            text.AddRange(body[..behind]);
            body = body[behind..];
            if (!body.StartsWith(ticket) || body.Length == ticket.Length || body[ticket.Length] != '/') continue;
            text.Add((byte)'~');
            body = body[ticket.Length..];
        }

        text.AddRange(body);
        return new ManifestText([.. text], System.Text.Encoding.ASCII.GetString(ticket));
    }
}
