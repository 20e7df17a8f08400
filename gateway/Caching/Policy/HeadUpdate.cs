using Gateway.Origin;

namespace Gateway.Caching.Policy;

/// <summary>Updates a stored head with that of a 304 (RFC 9111 §3.2): its fields replace the stored ones, except those that describe the stored bytes.</summary>
internal static class HeadUpdate
{
    private const string Cookie = "Set-Cookie";

    /// <summary>
    /// Fields that describe the stored bytes and stay with them (Content-Encoding, Content-Type, Content-Range as RFC 9111 §3.2 lists them by their effect);
    /// Age is not a property of the stored response but of one reply.
    /// </summary>
    private static readonly string[] OfTheBytes = ["Content-Encoding", "Content-Type", "Content-Range", "Content-Length", "Transfer-Encoding", "Age"];

    /// <summary>
    /// Whether a 304 is about the stored response (RFC 9111 §4.3.4): the validator that it carries, the entity tag before the date, equals the stored one. A 304 without
    /// a validator can only mean the response it was asked about. Tags are compared weakly, for a server that compresses weakens its own.
    /// </summary>
    public static bool Confirms(ResponseHead stored, ResponseHead confirmation)
    {
        if (!confirmation.TryGet("ETag", out var theirs) || !stored.TryGet("ETag", out var ours)) return Agree(stored, confirmation, "Last-Modified");
        return string.Equals(Opaque(ours), Opaque(theirs), StringComparison.Ordinal);
    }

    /// <summary>Whether the response to a HEAD is about the stored response (RFC 9111 §4.3.5): neither validator nor length differs.</summary>
    public static bool IsAbout(ResponseHead stored, ResponseHead answer) =>
        Agree(stored, answer, "ETag") && Agree(stored, answer, "Last-Modified") && Agree(stored, answer, "Content-Length");

    public static ResponseHead Apply(ResponseHead stored, ResponseHead confirmation)
    {
        var fields = new List<HeaderLine>(stored.Fields.Length + confirmation.Fields.Length);
        foreach (ref readonly var field in stored.Fields)
        {
            if (field.Is("Age")) continue;
            if (IsOfTheBytes(field.Name) || !confirmation.TryGet(field.Name, out _)) fields.Add(field);
        }

        foreach (ref readonly var field in confirmation.Fields)
        {
            if (!IsOfTheBytes(field.Name)) fields.Add(field);
        }

        return new ResponseHead(stored.Status, [.. fields]);
    }

    /// <summary>The updated head with the cookies that the stored one had, and no others: those of the confirmation are one user's.</summary>
    public static ResponseHead WithoutCookiesOf(ResponseHead stored, ResponseHead updated)
    {
        if (!updated.TryGet(Cookie, out _)) return updated;
        var fields = new List<HeaderLine>(updated.Fields.Length);
        foreach (ref readonly var field in updated.Fields)
        {
            if (!field.Is(Cookie)) fields.Add(field);
        }

        foreach (ref readonly var field in stored.Fields)
        {
            if (field.Is(Cookie)) fields.Add(field);
        }

        return new ResponseHead(updated.Status, [.. fields]);
    }

    private static string Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    private static bool Agree(ResponseHead stored, ResponseHead answer, string name) =>
        !stored.TryGet(name, out var ours) || !answer.TryGet(name, out var theirs) || string.Equals(ours, theirs, StringComparison.Ordinal);

    private static bool IsOfTheBytes(string name)
    {
        foreach (var known in OfTheBytes)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
