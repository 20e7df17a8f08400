using Gateway.Media;

namespace Gateway.Files;

/// <summary>Chooses the file that a request gets: the form that it wants where the title has it, else the file that its path names.</summary>
internal sealed class FormatChoice(FilesOptions options, FilePresence presence)
{
    /// <summary>Response header that tells the form: the missing Opus copy of a title is answered with the file itself, and a client must see that.</summary>
    public const string Header = "X-File-Format";

    /// <param name="address">The file that the path names.</param>
    /// <param name="wanted">Its form that is wanted.</param>
    /// <param name="isOpen">Whether the client may have another file.</param>
    /// <param name="leaving">The client leaves.</param>
    /// <returns>The file, and the form it has as far as that was chosen here.</returns>
    public async ValueTask<(MediaAddress Address, FileFormat Format)> ChooseAsync(MediaAddress address, FileFormat wanted, Predicate<MediaAddress> isOpen, CancellationToken leaving)
    {
        if (wanted == FileFormat.Native || options.PathOf(address.Path, wanted) is not { } path) return (address, FileFormat.Native);
        if (string.Equals(path, address.Path, StringComparison.Ordinal)) return (address, wanted);
        var other = address with { Path = path };
        return isOpen(other) && await presence.IsThereAsync(other, leaving) ? (other, wanted) : (address, FileFormat.Native);
    }

    /// <summary>Value of <see cref="Header"/>.</summary>
    public static string Label(FileFormat format) => format switch
    {
        FileFormat.Wav => "wav",
        FileFormat.Opus => "opus",
        _ => "native",
    };
}
