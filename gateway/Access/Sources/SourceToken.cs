using Gateway.Access.Tickets;

namespace Gateway.Access.Sources;

/// <summary>The internal key with which the transcoder reads the source of one title, for a time. Thread-safe.</summary>
internal sealed class SourceToken(TicketKeyRing ring, TimeProvider time)
{
    private readonly PurposeToken _tokens = new(ring, time, "gateway source key 1");

    /// <summary>A key for one title.</summary>
    /// <param name="mediaId">The title's name.</param>
    /// <param name="lifetime">How long it is good.</param>
    public string Issue(string mediaId, TimeSpan lifetime) => _tokens.Issue(mediaId, lifetime).Text;

    /// <summary>Whether a key opens a title: <see cref="AccessDenial.None"/>, or why not.</summary>
    /// <param name="text">What the caller shows; empty for nothing.</param>
    /// <param name="mediaId">The title's name.</param>
    public AccessDenial Check(ReadOnlySpan<char> text, string mediaId) => _tokens.Check(text, mediaId);
}
