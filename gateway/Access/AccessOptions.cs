using System.ComponentModel.DataAnnotations;
using Gateway.Access.Tickets;

namespace Gateway.Access;

/// <summary>
/// Section <c>Gateway:Access</c>. A credential (JWT, EdgeAuth token) is shown once, when playing starts; from then on the session's URLs
/// carry a ticket. <see cref="Mode"/> decides whether a credential is needed, the ticket knobs rule how long a started session's URLs are good.
/// </summary>
internal sealed class AccessOptions : IValidatableObject
{
    /// <summary><c>Open</c>: everybody may play. <c>Token</c>: only who shows an accepted credential.</summary>
    public AccessMode Mode { get; set; } = AccessMode.Open;

    /// <summary>
    /// Secrets that sign tickets, each <c>id:secret</c> or <c>secret</c>, in hex or base64, 32 bytes or more (<c>openssl rand -hex 32</c>).
    /// The first signs, all are accepted. Several gateways that serve the same sessions need the same list. Empty: one that dies with the process.
    /// </summary>
    public string[] TicketKeys { get; set; } = [];

    /// <summary>
    /// How long a ticket is good by itself, on any gateway; afterwards it is good while its session lives. Long enough for a film with pauses;
    /// shorter means that a shared link dies sooner.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromHours(4);

    /// <summary>When a ticket ends whatever its session does. A day is longer than anybody watches one title.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan TicketHardLimit { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// What a session's URLs are tied to besides their signature: <c>None</c>, <c>Address</c> (the client's network address; cuts off who
    /// changes networks), <c>Device</c> (its User-Agent).
    /// </summary>
    public TicketBindingKind TicketBinding { get; set; } = TicketBindingKind.None;

    /// <summary>
    /// Web origins whose pages may play: <c>*</c> (any, without cookies) or a list such as <c>https://tv.example</c> (with cookies).
    /// </summary>
    public string[] CorsOrigins { get; set; } = ["*"];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TicketHardLimit < TicketLifetime)
            yield return new ValidationResult($"TicketHardLimit ({TicketHardLimit}) is shorter than TicketLifetime ({TicketLifetime}). Raise the one or lower the other.");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < TicketKeys.Length; i++)
        {
            // Values are not repeated: they are secrets.
            if (!TicketKey.TryParse(TicketKeys[i], out var key))
                yield return new ValidationResult($"TicketKeys:{i} is not a key. Write id:secret, the secret in hex or base64, {TicketKey.MinSecretBytes} bytes or more: openssl rand -hex 32.");
            else if (!ids.Add(key.Id))
                yield return new ValidationResult($"TicketKeys:{i} has the id '{key.Id}' of an earlier key. Give every key its own.");
        }

        if (CorsOrigins.Length == 0)
            yield return new ValidationResult("CorsOrigins is empty. Use * for any origin.");
    }
}
