using System.Security.Cryptography;
using Gateway.Hosting;

namespace Gateway.Access.Tickets;

/// <summary>
/// The file in which a single gateway keeps the key that it made for itself, so that players go on after a restart. Only its owner may read it. Two gateways that start
/// at the same moment agree on one key: the file appears whole under its name, and who comes second reads it.
/// </summary>
/// <param name="path">Where it lies; its folder is made when it is missing.</param>
internal sealed class TicketKeyFile(string path)
{
    /// <summary>Value of the knob that keeps the key in memory only.</summary>
    public const string None = "none";

    /// <summary>Name in the folder for state.</summary>
    private const string PresetName = "ticket-key";

    private const int MaxBytes = 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = path;

    /// <summary>
    /// The place when none is configured: systemd's folder for this service (<c>STATE_DIRECTORY</c>), else this user's own for state (XDG Base Directory Specification 0.8).
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>Null where this user has no such folder.</returns>
    public static string? PresetPath(Func<string, string?> variable)
    {
        if (variable("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } service) return System.IO.Path.Combine(service, PresetName);
        if (variable("XDG_STATE_HOME") is { Length: > 0 } state && System.IO.Path.IsPathRooted(state)) return System.IO.Path.Combine(state, "streaming-gateway", PresetName);
        if (OperatingSystem.IsWindows())
        {
            var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return local.Length > 0 ? System.IO.Path.Combine(local, "streaming-gateway", PresetName) : null;
        }

        return variable("HOME") is { Length: > 0 } home && System.IO.Path.IsPathRooted(home)
            ? System.IO.Path.Combine(home, ".local", "state", "streaming-gateway", PresetName)
            : null;
    }

    /// <summary>Reads the key, or makes one and writes it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fault">What is wrong, and what to do; empty on success.</param>
    public bool TryReadOrMake(out TicketKey key, out string fault)
    {
        key = null!;
        fault = "";
        try
        {
            if (!File.Exists(Path)) Write();
            return TryRead(out key, out fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"it can be neither read nor made ({e.Message.TrimEnd('.')}); name a file in a folder that this user may write";
            return false;
        }
    }

    private bool TryRead(out TicketKey key, out string fault)
    {
        key = null!;
        fault = "";
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~(OwnerOnly | UnixFileMode.UserExecute)) != UnixFileMode.None)
            fault = $"others than its owner may read or write it; make sure that nobody has it and say: chmod 600 '{Path}'";
        else if (file.Length > MaxBytes || !TicketKey.TryParse(new StreamReader(file).ReadToEnd().Trim(), out key))
            fault = "it holds no key; remove it, and the next start makes one";
        return fault.Length == 0;
    }

    private void Write()
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);

        // Complete and on the disk before it has its name: a start that is killed in the middle leaves no half key behind.
        var draft = $"{Path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        try
        {
            var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(draft, mode))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes($"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TicketKey.MinSecretBytes))}\n"));
                file.Flush(flushToDisk: true);
            }

            // Where there are no hard links a move has to do, by which of two at once the later wins.
            if (OperatingSystem.IsWindows() || HardLink.Create(draft, Path) is not (0 or HardLink.NameTaken)) File.Move(draft, Path, overwrite: false);
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another gateway was quicker; its key counts.
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
