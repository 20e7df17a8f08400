using System.ComponentModel.DataAnnotations;
using Gateway.Access.EdgeAuth;
using Gateway.Access.Jwt;
using Gateway.Access.Tickets;
using Gateway.Configuration;

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
    /// JWK set whose keys sign the accepted JWTs: path of a file, or http(s) URL. Types <c>oct</c> (HS256), <c>RSA</c> (RS256) and <c>EC</c> P-256 (ES256).
    /// </summary>
    public string Jwks { get; set; } = "";

    /// <summary>How often the set is read again. A token with an unknown key id brings it about sooner.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan JwksRefresh { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Claim <c>iss</c> that JWTs must have; empty: not looked at.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Audience that JWTs must name in <c>aud</c>; empty: not looked at.</summary>
    public string Audience { get; set; } = "";

    /// <summary>How far the clock of who issues credentials may differ from ours. RFC 7519 §4.1.4: usually no more than a few minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Cookie in which a JWT may come, behind <c>Authorization: Bearer</c> and the query <c>access_token</c>.</summary>
    [RegularExpression("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")]
    public string CookieName { get; set; } = "access_token";

    /// <summary>
    /// JWTs with a bad signature or an unknown key that one client network (an address, of IPv6 a /64) may show in a minute; beyond them, 429 before anything is verified, but for tokens that were good here lately.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CredentialFailures { get; set; } = 100;

    /// <summary>Key of Akamai EdgeAuth 2.0 tokens (query <c>hdnts</c>) in hex, 16 bytes or more; empty, and no <see cref="EdgeAuthKeys"/>: such tokens are not accepted.</summary>
    [Secret]
    public string EdgeAuthKey { get; set; } = "";

    /// <summary>More such keys; all are good, so that one can be changed without a moment in which the old or the new one is refused.</summary>
    [Secret]
    public string[] EdgeAuthKeys { get; set; } = [];

    /// <summary>File with <see cref="EdgeAuthKeys"/>, one a line. Read again when it changes.</summary>
    public string EdgeAuthKeyFile { get; set; } = "";

    /// <summary>
    /// Secrets that sign tickets, each <c>id:secret</c> or <c>secret</c>, in hex or base64, 32 bytes or more (<c>openssl rand -hex 32</c>).
    /// The first signs, all are accepted. Several gateways that serve the same sessions need the same list. Empty: the gateway makes its own, see <see cref="TicketKeyFile"/>.
    /// </summary>
    [Secret]
    public string[] TicketKeys { get; set; } = [];

    /// <summary>File with <see cref="TicketKeys"/>, one a line. Read again when it changes.</summary>
    public string TicketKeysFile { get; set; } = "";

    /// <summary>
    /// Where a gateway without <see cref="TicketKeys"/> keeps the key that it makes for itself, so that players go on after a restart. Only this user may read it.
    /// Empty: <c>ticket-key</c> in systemd's <c>STATE_DIRECTORY</c>, else <c>~/.local/state/streaming-gateway/ticket-key</c>. <c>none</c>: the key dies with the process, and so do the URLs of its sessions.
    /// </summary>
    public string TicketKeyFile { get; set; } = "";

    /// <summary>
    /// How long a ticket is good by itself, on any gateway; afterwards it is good while its session lives. Long enough for a film with pauses;
    /// shorter means that a shared link dies sooner.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromHours(4);

    /// <summary>When a ticket ends whatever its session does. A day is longer than anybody watches one title.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan TicketHardLimit { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// What a session's URLs are tied to besides their signature: <c>None</c>, <c>Address</c> (the client's network address; cuts off who
    /// changes networks), <c>Device</c> (its User-Agent).
    /// </summary>
    public TicketBindingKind TicketBinding { get; set; } = TicketBindingKind.None;

    /// <summary>
    /// Whether manifests lead a viewer only where its credential's own <c>media</c> claim (or ACL) leads. Off, what a manifest names elsewhere is opened with it, folder by
    /// folder and nothing below: keys, shared segments, advertisements. On is for sites where others than the operator write manifests.
    /// </summary>
    public bool GrantedPathsOnly { get; set; }

    /// <summary>
    /// Web origins whose pages may play: <c>*</c> (any, without cookies) or a list such as <c>https://tv.example</c> (with cookies).
    /// </summary>
    public string[] CorsOrigins { get; set; } = ["*"];

    /// <summary>
    /// Balancers in front of the gateway, as addresses or networks (<c>10.0.0.0/8</c>): from these, <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> are believed. Empty: from nobody.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mode == AccessMode.Token && Jwks.Length == 0 && EdgeAuthKey.Length == 0 && EdgeAuthKeys.Length == 0)
            yield return new ValidationResult("Mode is Token, but no credential could ever be accepted. Set Jwks (file or URL of a JWK set) or EdgeAuthKey (hex), or Mode=Open.");
        if (Jwks.Length > 0 && FaultOfJwks() is { } fault)
            yield return new ValidationResult($"Jwks: {fault}");
        // The value is not repeated: it is a secret.
        if (EdgeAuthKey.Length > 0 && !EdgeAuthVerifier.IsKey(EdgeAuthKey))
            yield return new ValidationResult($"EdgeAuthKey is no key. Write an even number of hex digits, {2 * EdgeAuthVerifier.MinKeyBytes} or more.");
        for (var i = 0; i < EdgeAuthKeys.Length; i++)
        {
            if (!EdgeAuthVerifier.IsKey(EdgeAuthKeys[i]))
                yield return new ValidationResult($"EdgeAuthKeys:{i} is no key. Write an even number of hex digits, {2 * EdgeAuthVerifier.MinKeyBytes} or more.");
        }

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

        foreach (var proxy in TrustedProxies)
        {
            if (!Access.TrustedProxies.TryParse(proxy, out _)) yield return new ValidationResult($"TrustedProxies: '{proxy}' is neither an address nor a network such as 10.0.0.0/8.");
        }

        if (CorsOrigins.Length == 0)
            yield return new ValidationResult("CorsOrigins is empty. Use * for any origin.");
    }

    /// <summary>A file has to be good from the start. A URL may come up later than the gateway does.</summary>
    private string? FaultOfJwks()
    {
        if (JwkSource.IsUrl(Jwks, out _)) return null;
        try
        {
            return JwkSet.TryRead(File.ReadAllBytes(Jwks), out _, out var error) ? null : $"'{Jwks}' {error}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"'{Jwks}' cannot be read: {e.Message} Give the path of a file or an http(s) URL.";
        }
    }
}
