using System.Runtime.InteropServices;

namespace Gateway.Hosting;

/// <summary>
/// <c>link(2)</c>: gives a file a second name, or fails where the name is taken, in one step. <see cref="File.Move(string, string, bool)"/> looks first and renames then, and of two writers in between the later one
/// would win. Not on Windows.
/// </summary>
internal static partial class HardLink
{
    /// <summary>EEXIST, the same on Linux and macOS.</summary>
    public const int NameTaken = 17;

    /// <returns>0, or the number of the error: <see cref="NameTaken"/>, or another where the file system has no hard links.</returns>
    public static int Create(string from, string to) => Link(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string from, string to);
}
