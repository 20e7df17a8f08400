using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;

namespace Gateway.Admin;

/// <summary>
/// Section <c>Gateway:Admin</c>. With <see cref="ApiKey"/> or <see cref="ApiKeys"/> set, operators are those who send one of them. With neither set, in Development
/// direct callers from this machine are operators; elsewhere a proxy on this machine cannot be told from them, so <see cref="MakeKey"/> decides.
/// </summary>
internal sealed class AdminOptions : IValidatableObject
{
    /// <summary>Id of <see cref="ApiKey"/> in the audit.</summary>
    private const string UnnamedId = "operator";

    /// <summary>
    /// What operators send as <c>X-Admin-Key</c>, 16 characters or more (<c>openssl rand -hex 32</c>). Empty, and no <see cref="ApiKeys"/>: see <see cref="MakeKey"/>.
    /// </summary>
    [Secret]
    public string ApiKey { get; set; } = "";

    /// <summary>Keys of several operators, each <c>id:key</c> or <c>key</c>; the id says in the audit who it was. All are good, beside <see cref="ApiKey"/>.</summary>
    [Secret]
    public string[] ApiKeys { get; set; } = [];

    /// <summary>File with <see cref="ApiKeys"/>, one a line. Read again when it changes.</summary>
    public string ApiKeyFile { get; set; } = "";

    /// <summary>
    /// Without any key outside of Development: true makes one at the start, in a file that only this user may read and whose path is logged; false: the admin routes refuse everybody.
    /// </summary>
    public bool MakeKey { get; set; } = true;

    /// <summary>Wrong keys that one client network (an address, of IPv6 a /64) may show in a minute; beyond them, 429 before the key is compared.</summary>
    [Range(1, 100_000)]
    public int KeyFailures { get; set; } = 10;

    /// <summary>Whether operators see the address of each viewer (of IPv6 the /64); else its network only, of IPv4 a /24, of IPv6 a /48.</summary>
    public bool ShowAddresses { get; set; }

    /// <summary>
    /// Addresses at which <c>/admin</c> and <c>/metrics</c> are, and nowhere else, such as <c>http://10.0.0.5:9100</c>; several with semicolons. Their port must be
    /// theirs alone. Empty: where everything is.
    /// </summary>
    public string Urls { get; set; } = "";

    /// <summary>The configured keys without malformed ones.</summary>
    public IEnumerable<AdminKey> Keys()
    {
        if (AdminKey.IsKey(ApiKey)) yield return AdminKey.Of(UnnamedId, ApiKey);
        for (var i = 0; i < ApiKeys.Length; i++)
        {
            if (AdminKey.TryParse(ApiKeys[i], $"key-{i}", out var key)) yield return key;
        }
    }

    public static IEnumerable<string> UrlsIn(string? urls) => (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <returns>What is wrong with a list of addresses, or null.</returns>
    public static string? FaultOfUrls(string? urls)
    {
        foreach (var url in UrlsIn(urls))
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) return $"'{url}' is no http(s) address.";
            try
            {
                var address = BindingAddress.Parse(url);
                if (address.IsUnixPipe || address.PathBase.Length > 0 || address.Port is < 0 or > 65535) return $"'{url}' must be a host and a port and nothing more.";
            }
            catch (FormatException)
            {
                return $"'{url}' is no address such as http://10.0.0.5:9100.";
            }
        }

        return null;
    }

    // Values are not repeated: they are secrets.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiKey.Length > 0 && !AdminKey.IsKey(ApiKey))
            yield return new ValidationResult($"ApiKey is no key: {AdminKey.MinLength} to {AdminKey.MaxLength} characters of printable ASCII without spaces, for example of openssl rand -hex 32.");
        if (FaultOfUrls(Urls) is { } fault) yield return new ValidationResult($"Urls: {fault}");
        var ids = new HashSet<string>(StringComparer.Ordinal) { UnnamedId };
        for (var i = 0; i < ApiKeys.Length; i++)
        {
            if (!AdminKey.TryParse(ApiKeys[i], $"key-{i}", out var key))
                yield return new ValidationResult($"ApiKeys:{i} is no key. Write id:key or key, the id of letters, digits, - and _, the key of {AdminKey.MinLength} to {AdminKey.MaxLength} characters of printable ASCII without spaces.");
            else if (!ids.Add(key.Id))
                yield return new ValidationResult($"ApiKeys:{i} has an id that another key has. Give every key its own; '{UnnamedId}' is that of ApiKey.");
        }
    }
}
