// SPDX-License-Identifier: MIT
//
// The smallest complete plugin in C++11: an unpacker.  It takes the files out that an
// HTML text carries in data: URIs (RFC 2397), where no mail client shows an attachment
// and no scanner would look.
//
// What differs from the C template: no exception may reach the host, so every function
// the host calls is a noexcept trampoline; a child that is being written is an object
// whose destructor aborts it; a view over borrowed bytes saves pointer arithmetic.
#include <assay/plugin.h>

#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace
{

// Step 1.  Bytes that belong to somebody else: a mail, an option, a literal.
class View
{
  public:
    View() : p_(""), n_(0)
    {
    }

    View(const char *p, size_t n) : p_(p), n_(n)
    {
    }

    explicit View(const char *text) : p_(text), n_(std::strlen(text))
    {
    }

    explicit View(assay_str s) : p_(s.p), n_(static_cast<size_t>(s.n))
    {
    }

    const char *data() const
    {
        return p_;
    }

    size_t size() const
    {
        return n_;
    }

    char operator[](size_t i) const
    {
        return p_[i];
    }

    View from(size_t at) const
    {
        return at < n_ ? View(p_ + at, n_ - at) : View();
    }

    View first(size_t n) const
    {
        return View(p_, n < n_ ? n : n_);
    }

    bool starts_with(View word) const
    {
        return word.n_ <= n_ && std::memcmp(p_, word.p_, word.n_) == 0;
    }

    // Where one of `any` stands first, or size().
    size_t find_any(const char *any) const
    {
        size_t at = 0;
        while (at < n_ && (p_[at] == '\0' || !std::strchr(any, p_[at])))
            at++;
        return at;
    }

    assay_str str() const
    {
        assay_str s;
        s.p = p_;
        s.n = n_;
        return s;
    }

  private:
    const char *p_;
    size_t n_;
};

// Step 2.  A child that is being written.  It is the host's once it is committed; in
// every other way out of the block, an exception included, it is aborted.
class Writer
{
  public:
    Writer(const assay_host &host, const assay_task *task,
           const assay_child &child)
        : host_(host), writer_(nullptr),
          rc_(host.child_begin(task, &child, &writer_))
    {
    }

    ~Writer()
    {
        if (writer_ != nullptr)
            host_.child_abort(writer_);
    }

    Writer(const Writer &) = delete;
    Writer &operator=(const Writer &) = delete;

    int32_t rc() const
    {
        return rc_;
    }

    // LIMIT when the host will take no more of it.
    int32_t write(const std::vector<unsigned char> &bytes)
    {
        return host_.child_write(writer_, bytes.data(), bytes.size());
    }

    int32_t commit()
    {
        assay_writer *writer = writer_;
        writer_ = nullptr;
        return host_.child_commit(writer, nullptr);
    }

  private:
    const assay_host &host_;
    assay_writer *writer_;
    int32_t rc_;
};

// --- the work itself, which knows nothing of Assay ---------------------------------

int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

std::vector<unsigned char> decode_base64(View text)
{
    std::vector<unsigned char> bytes;
    bytes.reserve(text.size() / 4 * 3);
    unsigned held = 0;
    int bits = 0;
    for (size_t i = 0; i < text.size(); i++) {
        int value = base64_value(text[i]);
        if (value < 0)
            continue; // line ends, padding: browsers skip them too
        held = (held << 6 | static_cast<unsigned>(value)) & 0xffffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<unsigned char>(held >> bits & 0xff));
        }
    }
    return bytes;
}

// One data: URI that carries a file.
struct DataUri {
    View type; // "image/png", may be empty
    View code; // base64
};

// Finds the next one and moves `html` behind it; false: there is none.
bool next_uri(View &html, DataUri &uri)
{
    const View scheme("data:");
    const View base64(";base64,");
    while (html.size() > 0) {
        size_t at = 0;
        while (at < html.size() && !html.from(at).starts_with(scheme))
            at++;
        html = html.from(at + scheme.size());
        const View type = html.first(html.find_any(";,\"'<> \r\n"));
        View rest = html.from(type.size());
        if (!rest.starts_with(base64))
            continue;
        rest = rest.from(base64.size());
        uri.type = type;
        uri.code = rest.first(rest.find_any("\"'<>)"));
        html = rest.from(uri.code.size());
        return true;
    }
    return false;
}

// --- the plugin ---------------------------------------------------------------------

// Step 3.  What one instance knows.
class Unpacker
{
  public:
    Unpacker(const assay_host *host, const assay_options *options)
        : host_(*host), min_bytes_(0)
    {
        int64_t n = 0;
        if (host_.option_int(options, "min_bytes", &n) == ASSAY_RC_OK)
            min_bytes_ = static_cast<size_t>(n);
    }

    // Step 4.  One HTML text: its files become children, which the host shows to all
    // plugins.
    int32_t handle(const assay_task *task) const
    {
        assay_str text;
        if (host_.text(task, task->object, &text) != ASSAY_RC_OK)
            return ASSAY_RC_NOT_APPLICABLE;
        View html(text);
        DataUri uri;
        while (next_uri(html, uri) && emit(task, uri))
            continue;
        return ASSAY_RC_OK;
    }

  private:
    // False: the host wants no more.
    bool emit(const assay_task *task, const DataUri &uri) const
    {
        const std::vector<unsigned char> bytes = decode_base64(uri.code);
        if (bytes.size() < min_bytes_)
            return true;
        assay_child child = assay_child();
        child.struct_size = sizeof child;
        child.kind = ASSAY_OBJECT_MEMBER;
        child.type = uri.type.str();
        child.method = View("data URI").str();
        child.packed_size = uri.code.size();
        Writer writer(host_, task, child);
        if (writer.rc() != ASSAY_RC_OK)
            return writer.rc() == ASSAY_RC_SKIP;
        if (writer.write(bytes) != ASSAY_RC_OK)
            return false; // the host keeps what it has, as truncated
        return writer.commit() == ASSAY_RC_OK;
    }

    const assay_host &host_;
    size_t min_bytes_;
};

void set_error(assay_buf *err, const char *why)
{
    size_t n = std::strlen(why);
    if (n >= err->cap)
        n = static_cast<size_t>(err->cap) - 1;
    std::memcpy(err->p, why, n);
    err->p[n] = '\0';
}

} // namespace

// Step 5.  What the host calls: C linkage, noexcept, every exception becomes a code.
extern "C" {

static int32_t unpacker_create(const assay_host *host,
                               const assay_create *create, void **inst,
                               assay_buf *err) noexcept
{
    try {
        std::unique_ptr<Unpacker> made(new Unpacker(host, create->options));
        *inst = made.release();
        return ASSAY_RC_OK;
    } catch (const std::bad_alloc &) {
        set_error(err, "no memory");
        return ASSAY_RC_NOMEM;
    } catch (const std::exception &e) {
        set_error(err, e.what());
        return ASSAY_RC_INTERNAL;
    }
}

static void unpacker_destroy(void *inst) noexcept
{
    delete static_cast<Unpacker *>(inst);
}

static int32_t unpacker_handle(void *inst, const assay_task *task) noexcept
{
    try {
        return static_cast<const Unpacker *>(inst)->handle(task);
    } catch (const std::bad_alloc &) {
        return ASSAY_RC_NOMEM;
    } catch (...) {
        return ASSAY_RC_INTERNAL;
    }
}

static int32_t unpacker_self_test(void *, assay_buf *err) noexcept
{
    try {
        View html("<img src=\"data:image/gif;base64,R0lGODlh\">data:,plain");
        DataUri uri;
        const bool found = next_uri(html, uri);
        const std::vector<unsigned char> bytes = decode_base64(uri.code);
        if (found && bytes.size() == 6 &&
            std::memcmp(bytes.data(), "GIF89a", 6) == 0 && !next_uri(html, uri))
            return ASSAY_RC_OK;
        set_error(err, "does not find a GIF in its own text");
    } catch (...) {
        set_error(err, "no memory");
    }
    return ASSAY_RC_INTERNAL;
}

} // extern "C"

namespace
{

// Step 6.  Static data, in the order of the header: C++11 has no designated
// initialisers, and what is left out at the end is zero.
const assay_option option_min_bytes = {
    sizeof(assay_option),
    ASSAY_OPTION_SIZE,
    0,
    0,
    "min_bytes",
    "64",
    0,
    1 << 30,
    nullptr,
    "Files smaller than this are left alone: a pixel that counts readers is no file."};
const assay_option *const options[] = {&option_min_bytes, nullptr};
const char *const types[] = {"text/html", "application/xhtml+xml", nullptr};
const assay_wants wants = {sizeof(assay_wants), 0, 0, 0, types};
const assay_plugin plugin = {
    sizeof(assay_plugin),
    0, // min_stack_kib
    "org.example.template.data-uri",
    "Files in data: URIs",
    "example.org",
    "1.0",
    "MIT",
    nullptr, // url
    ASSAY_STAGE_BIT(ASSAY_STAGE_OBJECT),
    0, // flags_required
    ASSAY_FLAG_FORK_SHARED | ASSAY_FLAG_CHILDREN,
    &wants,
    nullptr, // reads
    nullptr, // provides
    nullptr, // requires_ext
    options,
    unpacker_create,
    unpacker_destroy,
    unpacker_handle,
    nullptr, // start
    nullptr, // stop
    nullptr, // stamp
    unpacker_self_test,
    nullptr, // get_ext
};
const assay_plugin *const plugins[] = {&plugin};
const assay_module module = {sizeof(assay_module),
                             ASSAY_MAGIC,
                             ASSAY_ABI_MAJOR,
                             ASSAY_ABI_MINOR,
                             0, // min_host_minor
                             0,
                             1,
                             0,
                             plugins};

} // namespace

// Step 7.  The one exported function.
extern "C" ASSAY_EXPORT const assay_module *assay_plugin_v1(void)
{
    return &module;
}
