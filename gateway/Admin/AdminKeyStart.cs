using System.Security.Cryptography;

namespace Gateway.Admin;

/// <summary>
/// Makes an admin key before the first request, where none is configured and calls from this machine prove nothing. The key lives as long as this process, in a file
/// that only its user may read.
/// </summary>
internal sealed partial class AdminKeyStart(AdminOptions options, AdminKeys keys, IHostEnvironment environment, ILogger<AdminKeyStart> log) : IHostedService
{
    /// <summary>Id of the made key in the audit.</summary>
    private const string MadeId = "made-at-start";

    private string? _path;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (keys.Any || environment.IsDevelopment()) return Task.CompletedTask;
        if (!options.MakeKey)
        {
            LogOff();
            return Task.CompletedTask;
        }

        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        if (TryWrite(key))
        {
            keys.Replace([AdminKey.Of(MadeId, key)]);
            LogMade(_path!);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_path is not null) File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file that stays behind holds the key of a process that has ended.
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// A new file under a name that nobody can foresee: it is never one that somebody else has put there, nor a link, whoever may write into the folder.
    /// </summary>
    private bool TryWrite(string key)
    {
        var fault = "";
        foreach (var folder in Folders())
        {
            try
            {
                var path = Path.Combine(folder, $"gateway-admin-key-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
                var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using var file = new StreamWriter(path, mode);
                file.WriteLine(key);
                _path = path;
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                fault = e.Message;
            }
        }

        LogNowhere(fault);
        return false;
    }

    /// <summary>systemd's folder for this service, this user's own, the one that is always there.</summary>
    private static IEnumerable<string> Folders()
    {
        if (Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY")?.Split(':')[0] is { Length: > 0 } service) yield return service;
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } user) yield return user;
        yield return Path.GetTempPath();
    }

    // Next free id: 53.
    [LoggerMessage(50, LogLevel.Warning, "No admin key is configured. One was made for this run, in a file that only this user may read: '{Path}'. Send it as X-Admin-Key, or configure 'Gateway:Admin:ApiKey'")]
    private partial void LogMade(string path);

    [LoggerMessage(51, LogLevel.Information, "No admin key is configured and 'Gateway:Admin:MakeKey' is false: the admin routes refuse everybody")]
    private partial void LogOff();

    [LoggerMessage(52, LogLevel.Warning, "No admin key is configured, and no file could be written for one: the admin routes refuse everybody. Configure 'Gateway:Admin:ApiKey'. {Fault}")]
    private partial void LogNowhere(string fault);
}
